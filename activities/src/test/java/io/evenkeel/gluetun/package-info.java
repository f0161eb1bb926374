@NullMarked
package io.evenkeel.gluetun;

import org.jspecify.annotations.NullMarked;
