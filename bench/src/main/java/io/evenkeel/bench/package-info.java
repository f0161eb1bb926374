@NullMarked
package io.evenkeel.bench;

import org.jspecify.annotations.NullMarked;
