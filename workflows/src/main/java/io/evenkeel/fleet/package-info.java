@NullMarked
package io.evenkeel.fleet;

import org.jspecify.annotations.NullMarked;
