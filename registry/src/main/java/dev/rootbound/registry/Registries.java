package dev.rootbound.registry;

import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;

/** The registries, as the settings say they are reached. */
public final class Registries {
    private final RegistrySettings settings;
    private final RegistryTls tls;

    public Registries(RegistrySettings settings) {
        this.settings = settings;
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
     */
    public RemoteRepository open(Repository repository, Credentials credentials, Access access)
            throws IOException, InterruptedException {
        var authority = repository.authority();
        var wire = new Wire(tls.context(authority, !isInsecure(authority)), settings);
        try {
            var base = base(wire, authority);
            var authorization =
                    new Authorization(wire, base, credentials, access.scope(repository));
            return new RemoteRepository(repository, base, wire, authorization);
        } catch (IOException | InterruptedException | RuntimeException e) {
            wire.close();
            throw e;
        }
    }

    /** Where else a repository may be pulled from, to be tried first: without credentials. */
    public List<RemoteRepository> mirrors(Repository repository) throws IOException {
        var mirrors = new ArrayList<RemoteRepository>();
        for (var mirror : repository.isHub() ? settings.mirrors() : List.<URI>of()) {
            var authority = mirror.getRawAuthority();
            var wire = new Wire(tls.context(authority, !isInsecure(authority)), settings);
            var nobody = new Credentials.Anonymous();
            var scope = Access.PULL.scope(repository);
            var authorization = new Authorization(wire, mirror, nobody, scope);
            mirrors.add(new RemoteRepository(repository, mirror, wire, authorization));
        }
        return List.copyOf(mirrors);
    }

    /**
     * Asks a registry whether it takes the credentials.
     *
     * @throws RegistryException.Denied if it does not
     */
    public void login(String host, Credentials credentials)
            throws IOException, InterruptedException {
        var authority = new Repository(host, "").authority();
        try (var wire = new Wire(tls.context(authority, !isInsecure(authority)), settings)) {
            var base = base(wire, authority);
            var authorization = new Authorization(wire, base, credentials, "");
            new RemoteRepository(new Repository(host, ""), base, wire, authorization).ping();
        }
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

    /** HTTP only where it is allowed, and there only if HTTPS is not spoken. */
    private URI base(Wire wire, String authority) throws IOException, InterruptedException {
        var secure = uri("https", authority);
        if (!isInsecure(authority) && !Loopback.is(host(authority))) return secure;
        try (var answer = wire.once(wire.request(secure.resolve("/v2/")))) {
            return answer.uri().resolve("/");
        } catch (RegistryException.Failed e) {
            if (isUntrusted(e)) throw e;
            return uri("http", authority);
        }
    }

    /** A certificate that is not trusted is no reason to do without any. */
    private static boolean isUntrusted(RegistryException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof GeneralSecurityException) return true;
        }
        return false;
    }

    private static URI uri(String scheme, String authority) throws RegistryException.Failed {
        try {
            return URI.create(scheme + "://" + authority + "/");
        } catch (IllegalArgumentException e) {
            throw new RegistryException.Failed("'" + authority + "' is no registry's address", e);
        }
    }
}
