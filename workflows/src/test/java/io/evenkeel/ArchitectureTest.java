package io.evenkeel;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The arrows of the core: fleet, then decide, then workflow; nothing of the edge. */
class ArchitectureTest {
  private final JavaClasses core =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.evenkeel");

  @Test
  void theFleetsRecordsKnowNothingElse() {
    classes()
        .that()
        .resideInAPackage("io.evenkeel.fleet")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", "io.evenkeel.fleet", "org.jspecify..")
        .check(core);
  }

  @Test
  void decisionsArePure() {
    classes()
        .that()
        .resideInAPackage("io.evenkeel.decide")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java.lang..",
            "java.util..",
            "java.time..",
            "io.evenkeel.decide",
            "io.evenkeel.fleet",
            "org.jspecify..")
        .check(core);
  }

  @Test
  void theCoreKnowsNoDockerNoHttpNoSpringAndNotWhoAsksIt() {
    noClasses()
        .that()
        .resideInAnyPackage("io.evenkeel.fleet", "io.evenkeel.decide", "io.evenkeel.workflow")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.evenkeel.client",
            "com.github.dockerjava..",
            "java.net.http..",
            "org.springframework..",
            "java.nio.file..")
        .check(core);
  }
}
