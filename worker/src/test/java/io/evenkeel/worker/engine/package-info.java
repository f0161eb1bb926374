@NullMarked
package io.evenkeel.worker.engine;

import org.jspecify.annotations.NullMarked;
