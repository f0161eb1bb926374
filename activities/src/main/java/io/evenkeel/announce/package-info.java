/** Words to people: a webhook. */
@NullMarked
package io.evenkeel.announce;

import org.jspecify.annotations.NullMarked;
