@NullMarked
package io.evenkeel.decide;

import org.jspecify.annotations.NullMarked;
