@NullMarked
package io.evenkeel.docker;

import org.jspecify.annotations.NullMarked;
