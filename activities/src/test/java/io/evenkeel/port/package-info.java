@NullMarked
package io.evenkeel.port;

import org.jspecify.annotations.NullMarked;
