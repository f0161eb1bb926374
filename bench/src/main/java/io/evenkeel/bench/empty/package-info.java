/** What the worker's start is compared with. */
@NullMarked
package io.evenkeel.bench.empty;

import org.jspecify.annotations.NullMarked;
