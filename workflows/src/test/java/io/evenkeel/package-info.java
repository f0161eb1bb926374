@NullMarked
package io.evenkeel;

import org.jspecify.annotations.NullMarked;
