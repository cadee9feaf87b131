package dev.rootbound.registry;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLException;

/** The registries, as the settings say they are reached. */
public final class Registries {
    /**
     * How the JDK's SSLEngine says, and only of the first that comes, that it is no record of TLS:
     * SSLEngineInputRecord has no type of exception for it.
     */
    private static final Set<String> IN_PLAIN =
            Set.of(
                    "Unrecognized SSL message, plaintext connection?",
                    "Unsupported or unrecognized SSL message");

    private final RegistrySettings settings;
    private final RegistryTls tls;
    private final Patience patience;

    public Registries(RegistrySettings settings) {
        this(settings, Patience.USUAL);
    }

    Registries(RegistrySettings settings, Patience patience) {
        this.settings = settings;
        this.patience = patience;
        this.tls = new RegistryTls(settings);
    }

    /** What is done to a repository. */
    public enum Access {
        PULL("pull"),
        PUSH("pull,push");

        private final String actions;

        Access(String actions) {
            this.actions = actions;
        }

        String scope(Repository repository) {
            return "repository:" + repository.path() + ":" + actions;
        }
    }

    /**
     * Opens a repository for one caller. Nothing is asked of the registry yet, unless it is one
     * that may be plain HTTP: then, which it is.
     *
     * @throws RegistryException.Failed if that cannot be told; it is not asked by HTTP then
     */
    public RemoteRepository open(Repository repository, Credentials credentials, Access access)
            throws IOException, InterruptedException {
        var authority = repository.authority();
        var wire = wire(authority);
        try {
            var origin = origin(wire, authority);
            var scope = access.scope(repository);
            var authorization = new Authorization(wire, origin.uri(), credentials, scope);
            return new RemoteRepository(repository, origin, wire, authorization);
        } catch (IOException | InterruptedException | RuntimeException e) {
            wire.close();
            throw e;
        }
    }

    /** Where else a repository may be pulled from, to be tried first. */
    public List<URI> mirrors(Repository repository) {
        return repository.isHub() ? settings.mirrors() : List.of();
    }

    /** Opens a repository at a mirror: without credentials, which are not for it. */
    public RemoteRepository openMirror(Repository repository, URI mirror) throws IOException {
        var authority = mirror.getRawAuthority();
        var wire = wire(authority);
        var nobody = new Credentials.Anonymous();
        var authorization = new Authorization(wire, mirror, nobody, Access.PULL.scope(repository));
        var origin = new Origin(mirror, isInsecure(authority));
        return new RemoteRepository(repository, origin, wire, authorization);
    }

    /**
     * Asks a registry whether it takes the credentials.
     *
     * @throws RegistryException.Denied if it does not
     */
    public void login(String host, Credentials credentials)
            throws IOException, InterruptedException {
        var authority = new Repository(host, "").authority();
        try (var wire = wire(authority)) {
            var origin = origin(wire, authority);
            var authorization = new Authorization(wire, origin.uri(), credentials, "");
            new RemoteRepository(new Repository(host, ""), origin, wire, authorization).ping();
        }
    }

    private Wire wire(String authority) throws IOException {
        var _ = uri("https", authority); // before any file is looked for by that name
        var hosts = new HostTls(tls, this::isInsecure);
        var _ = hosts.of(authority); // a file that cannot be used is told at once
        return new Wire(hosts, settings, patience);
    }

    private boolean isInsecure(String authority) {
        return settings.insecure().contains(authority)
                || settings.insecure().contains(host(authority));
    }

    private static String host(String authority) {
        int colon = authority.lastIndexOf(':');
        boolean port = colon > authority.lastIndexOf(']');
        return port ? authority.substring(0, colon) : authority;
    }

    /**
     * HTTP only where it is allowed, and there only if it is sure that TLS is not spoken. A failure
     * of any other kind may be one of TLS: with TLS 1.3, for instance, a registry that wants a
     * certificate says so after the client's handshake has ended, and its word may be lost to the
     * end of the connection (RFC 8446, 4.4.2.4 and 6.2).
     *
     * @throws RegistryException.Failed if it answers neither by TLS nor in plain
     */
    private Origin origin(Wire wire, String authority) throws IOException, InterruptedException {
        var secure = uri("https", authority);
        boolean insecure = isInsecure(authority);
        if (!insecure && !Loopback.is(host(authority))) return new Origin(secure, false);
        try (var _ = wire.once(wire.probe(secure.resolve("/v2/")))) {
            return new Origin(secure, insecure);
        } catch (RegistryException.Failed e) {
            if (answeredInPlain(e)) return new Origin(uri("http", authority), insecure);
            if (secure.getPort() < 0 && Wire.nobodyListens(e.getCause())) {
                throw new RegistryException.Failed(
                        e.getMessage()
                                + "; one that speaks HTTP is named with its port, "
                                + authority
                                + ":80",
                        e);
            }
            throw e;
        }
    }

    /** Whether what came back for the ClientHello was no record of TLS. */
    private static boolean answeredInPlain(RegistryException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException
                    && IN_PLAIN.contains(String.valueOf(cause.getMessage()))) return true;
        }
        return false;
    }

    private static URI uri(String scheme, String authority) throws RegistryException.Failed {
        try {
            var uri = URI.create(scheme + "://" + authority + "/");
            if (uri.getHost() != null) return uri;
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new RegistryException.Failed("'" + authority + "' is no registry's address");
    }
}
