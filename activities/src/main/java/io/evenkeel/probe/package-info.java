@NullMarked
package io.evenkeel.probe;

import org.jspecify.annotations.NullMarked;
