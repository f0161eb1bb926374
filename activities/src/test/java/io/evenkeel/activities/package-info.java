@NullMarked
package io.evenkeel.activities;

import org.jspecify.annotations.NullMarked;
