@NullMarked
package io.evenkeel.scenario;

import org.jspecify.annotations.NullMarked;
