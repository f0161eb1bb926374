package io.evenkeel.client;

import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.temporal.serviceclient.SimpleSslContextBuilder;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.function.BiFunction;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Where Temporal answers, and who we are to it. The worker and the command line read it from the
 * same names.
 *
 * @param target host:port
 * @param tls whether to speak TLS; a certificate or an authority implies it
 * @param apiKey a secret; empty: none
 * @param clientCert a PEM file, for mutual TLS; empty: none
 * @param clientKey its PKCS 8 PEM file; a secret
 * @param authority a PEM file of who signs the server; empty: the JVM's own
 */
public record TemporalConnection(
    String target,
    boolean tls,
    String apiKey,
    String clientCert,
    String clientKey,
    String authority) {

  /** Loopback, without TLS or a key. */
  public static TemporalConnection plain(String target) {
    return new TemporalConnection(target, false, "", "", "", "");
  }

  /**
   * Reads all but the target.
   *
   * @param text a setting by its name, or what stands for it where it is not set
   */
  public static TemporalConnection read(String target, BiFunction<String, String, String> text) {
    return new TemporalConnection(
        target,
        text.apply("EVENKEEL_TEMPORAL_TLS", "false").equals("true"),
        text.apply("EVENKEEL_TEMPORAL_API_KEY", ""),
        text.apply("EVENKEEL_TEMPORAL_TLS_CERT", ""),
        text.apply("EVENKEEL_TEMPORAL_TLS_KEY", ""),
        text.apply("EVENKEEL_TEMPORAL_TLS_CA", ""));
  }

  /** The name of the setting that names a file which cannot be read, and why; null: all can. */
  public @Nullable String unreadable() {
    if (clientCert.isEmpty() != clientKey.isEmpty()) {
      return "EVENKEEL_TEMPORAL_TLS_CERT and EVENKEEL_TEMPORAL_TLS_KEY: one is set, takes both";
    }
    return firstUnreadable(
        "EVENKEEL_TEMPORAL_TLS_CERT", clientCert,
        "EVENKEEL_TEMPORAL_TLS_KEY", clientKey,
        "EVENKEEL_TEMPORAL_TLS_CA", authority);
  }

  private static @Nullable String firstUnreadable(String... namesAndFiles) {
    for (int i = 0; i < namesAndFiles.length; i += 2) {
      String file = namesAndFiles[i + 1];
      if (!file.isEmpty() && !Files.isReadable(Path.of(file))) {
        return namesAndFiles[i] + ": got \"" + file + "\", takes a PEM file that can be read";
      }
    }
    return null;
  }

  /**
   * Options that reach it.
   *
   * @throws IOException where a certificate or key cannot be read as what it is to be
   */
  public WorkflowServiceStubsOptions.Builder options() throws IOException {
    WorkflowServiceStubsOptions.Builder options =
        WorkflowServiceStubsOptions.newBuilder().setTarget(target);
    if (!clientCert.isEmpty() || !authority.isEmpty()) {
      options.setSslContext(sslContext());
    } else if (tls) {
      options.setEnableHttps(true);
    }
    if (!apiKey.isEmpty()) {
      options.addApiKey(() -> apiKey);
    }
    return options;
  }

  private SslContext sslContext() throws IOException {
    try (InputStream certificate = file(clientCert);
        InputStream key = file(clientKey)) {
      SimpleSslContextBuilder builder =
          clientCert.isEmpty()
              ? SimpleSslContextBuilder.noKeyOrCertChain()
              : SimpleSslContextBuilder.forPKCS8(certificate, key);
      if (!authority.isEmpty()) {
        builder.setTrustManager(trusting(authority));
      }
      return builder.build();
    } catch (IllegalArgumentException garbled) {
      // The library's message may quote the file.
      throw new IOException("EVENKEEL_TEMPORAL_TLS_CERT or _KEY is not what it is to be", garbled);
    }
  }

  private static InputStream file(String name) throws IOException {
    return name.isEmpty()
        ? new ByteArrayInputStream(new byte[0])
        : Files.newInputStream(Path.of(name));
  }

  private static javax.net.ssl.TrustManager trusting(String authority) throws IOException {
    try (InputStream pem = Files.newInputStream(Path.of(authority))) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        store.setCertificateEntry("authority-" + number++, certificate);
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return factory.getTrustManagers()[0];
    } catch (java.security.GeneralSecurityException garbled) {
      throw new IOException("EVENKEEL_TEMPORAL_TLS_CA is not a PEM file", garbled);
    }
  }

  /** Without the secrets. */
  @Override
  public String toString() {
    return target + (tls || !clientCert.isEmpty() || !authority.isEmpty() ? " with TLS" : "");
  }
}
