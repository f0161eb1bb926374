@NullMarked
package io.evenkeel.simulated;

import org.jspecify.annotations.NullMarked;
