package io.evenkeel.activities;

import io.evenkeel.port.DockerFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/** Calls of one activity side by side, so many at once; a failure is told when all have ended. */
final class Parallel {
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("side-by-side-", 0).factory());
  private final Semaphore places;

  /**
   * Calls made through one instance share its places.
   *
   * @param atOnce how many calls may run at a time
   */
  Parallel(int atOnce) {
    this.places = new Semaphore(atOnce);
  }

  /** A call that was begun. */
  interface Begun<T> {
    /** Its answer, or the failure that it ended with. */
    T get();
  }

  <T> Begun<T> begin(Callable<T> call) {
    Future<T> future =
        threads.submit(() -> {
          places.acquire();
          try {
            return call.call();
          } finally {
            places.release();
          }
        });
    return () -> result(future);
  }

  /** The answers in the order of the arguments. */
  <A, T> List<T> each(List<A> arguments, Function<A, T> call) {
    List<Begun<T>> begun = new ArrayList<>();
    for (A argument : arguments) {
      begun.add(begin(() -> call.apply(argument)));
    }
    List<T> answers = new ArrayList<>();
    RuntimeException first = null;
    for (Begun<T> one : begun) {
      try {
        answers.add(one.get());
      } catch (RuntimeException failure) {
        first = first == null ? failure : first;
      }
    }
    if (first != null) {
      throw first;
    }
    return answers;
  }

  private static <T> T result(Future<T> future) {
    try {
      return future.get();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new DockerFailure(DockerFailure.Kind.TIMEOUT, "the call was interrupted", interrupted);
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(failed.getCause());
    }
  }
}
