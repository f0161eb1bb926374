@NullMarked
package io.evenkeel.workflow;

import org.jspecify.annotations.NullMarked;
