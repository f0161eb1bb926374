@NullMarked
package io.evenkeel.starter;

import org.jspecify.annotations.NullMarked;
