package io.evenkeel.bench.empty;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** An application of the worker's starters that does nothing. */
@SpringBootApplication
public class EmptyApplication {
  /** Runs until it is ended. */
  public static void main(String[] args) {
    var _ = SpringApplication.run(EmptyApplication.class, args);
  }
}
