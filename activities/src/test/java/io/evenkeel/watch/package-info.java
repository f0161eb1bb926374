@NullMarked
package io.evenkeel.watch;

import org.jspecify.annotations.NullMarked;
