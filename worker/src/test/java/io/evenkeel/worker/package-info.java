@NullMarked
package io.evenkeel.worker;

import org.jspecify.annotations.NullMarked;
