/** How programs ask a fleet through Temporal; workflows know nothing of it. */
@NullMarked
package io.evenkeel.client;

import org.jspecify.annotations.NullMarked;
