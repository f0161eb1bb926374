/** The fault bench: random sequences of faults on a real engine and the real Temporal server. */
@NullMarked
package io.evenkeel.bench.faults;

import org.jspecify.annotations.NullMarked;
