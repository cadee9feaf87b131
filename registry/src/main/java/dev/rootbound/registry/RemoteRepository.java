package dev.rootbound.registry;

import dev.rootbound.oci.Descriptor;
import dev.rootbound.oci.Digest;
import dev.rootbound.oci.Index;
import dev.rootbound.oci.Json;
import dev.rootbound.oci.MediaTypes;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * A repository at its registry, for one caller (OCI distribution-spec 1.1). Several threads may use
 * it. What it gives of content is as claimed in size, but for manifests not verified: who stores a
 * blob does that.
 */
public final class RemoteRepository implements AutoCloseable {
    private static final String ACCEPT =
            String.join(
                    ", ",
                    MediaTypes.OCI_INDEX,
                    MediaTypes.OCI_MANIFEST,
                    MediaTypes.DOCKER_LIST,
                    MediaTypes.DOCKER_MANIFEST);
    private static final int MAX_REDIRECTS = 5;
    private static final int MAX_PAGES = 1000;
    private static final long MAX_PAGES_BYTES = 32L << 20;
    private static final int RANGE_NOT_SATISFIABLE = 416;
    private static final Pattern NEXT = Pattern.compile("<([^>]*)>\\s*;\\s*rel=\"?next\"?");

    private final Repository repository;
    private final Origin origin;
    private final Wire wire;
    private final Authorization authorization;

    RemoteRepository(Repository repository, Origin origin, Wire wire, Authorization authorization) {
        this.repository = repository;
        this.origin = origin;
        this.wire = wire;
        this.authorization = authorization;
    }

    public Repository repository() {
        return repository;
    }

    /** Whether the registry was known by its certificate: it is the same each time. */
    public boolean isVerified() {
        return origin.isVerified();
    }

    /** Asks for nothing but to be let in (GET /v2/). */
    void ping() throws IOException, InterruptedException {
        try (var answer = ask(wire.request(origin.uri().resolve("/v2/")).GET())) {
            if (answer.status() != 200) throw failed("log in to " + repository.host(), answer);
        }
    }

    /**
     * A manifest or index.
     *
     * @param reference tag or digest
     * @throws RegistryException.Failed also if it is longer than a document may be, or has another
     *     digest than was asked for
     */
    public RemoteManifest manifest(String reference) throws IOException, InterruptedException {
        var what = "manifest for " + repository + separator(reference) + reference;
        var request = wire.request(at("manifests/" + reference)).header("Accept", ACCEPT).GET();
        try (var answer = ask(request)) {
            if (answer.status() == 404) {
                throw new RegistryException.NotFound(what + " not found: " + said(answer));
            }
            if (answer.status() != 200) throw failed(what, answer);
            var bytes = answer.document(what);
            var digest = Digest.of(bytes);
            if (reference.startsWith("sha256:") && !digest.toString().equals(reference)) {
                throw new RegistryException.Failed(
                        what + " has digest " + digest + ": the registry's content is damaged");
            }
            return new RemoteManifest(mediaType(answer, bytes), digest, bytes);
        }
    }

    /** The document's own word counts: it is under the digest, the header is not. */
    private static String mediaType(Answer answer, byte[] bytes) throws IOException {
        var fields = Json.object(bytes, "manifest");
        var stated = fields.text("mediaType");
        if (!stated.isEmpty()) return stated;
        if (fields.has("manifests")) return MediaTypes.OCI_INDEX;
        var type = answer.header("Content-Type");
        int semicolon = type.indexOf(';');
        return (semicolon < 0 ? type : type.substring(0, semicolon)).strip();
    }

    private static String separator(String reference) {
        return reference.contains(":") ? "@" : ":";
    }

    /**
     * All its tags, as many pages as that takes.
     *
     * @throws RegistryException.Failed also if they do not end
     */
    public List<String> tags() throws IOException, InterruptedException {
        var what = "the list of tags of " + repository;
        var tags = new ArrayList<String>();
        for (var page : pages(what, at("tags/list"))) {
            tags.addAll(Json.object(page, what).texts("tags"));
        }
        return List.copyOf(tags);
    }

    /**
     * The manifests that name one as their subject, such as those of its signatures: by the
     * referrers API, or where a registry has none by its tag scheme (distribution-spec 1.1, Listing
     * Referrers).
     */
    public List<Descriptor> referrers(Digest subject) throws IOException, InterruptedException {
        var what = "the list of referrers of " + repository + "@" + subject;
        var referrers = new ArrayList<Descriptor>();
        for (var page : referrerPages(what, subject)) {
            referrers.addAll(Index.parse(page).manifests());
        }
        return List.copyOf(referrers);
    }

    private List<byte[]> referrerPages(String what, Digest subject)
            throws IOException, InterruptedException {
        try {
            return pages(what, at("referrers/" + subject));
        } catch (RegistryException.NotFound e) {
            return ifThere("sha256-" + subject.hex()).stream().map(RemoteManifest::bytes).toList();
        }
    }

    /** A manifest or index, if the reference names one. */
    public Optional<RemoteManifest> ifThere(String reference)
            throws IOException, InterruptedException {
        try {
            return Optional.of(manifest(reference));
        } catch (RegistryException.NotFound e) {
            return Optional.empty();
        }
    }

    /** A list's documents: each names the next by its Link (RFC 8288). */
    private List<byte[]> pages(String what, URI first) throws IOException, InterruptedException {
        var pages = new ArrayList<byte[]>();
        var next = first;
        long bytes = 0;
        while (pages.size() < MAX_PAGES && bytes < MAX_PAGES_BYTES) {
            try (var answer = ask(wire.request(next).GET())) {
                if (answer.status() != 200) throw failed(what, answer);
                var page = answer.document(what);
                bytes += page.length;
                pages.add(page);
                var link = NEXT.matcher(answer.header("Link"));
                if (!link.find()) return pages;
                next = target(answer, link.group(1));
            }
        }
        throw new RegistryException.Failed(what + " does not end");
    }

    /** The content of a blob from a byte on; it ends where its descriptor says, or fails. */
    public InputStream blob(Descriptor blob, long from) {
        return new BlobStream(this, blob, from);
    }

    /**
     * One answer of a blob: its status says whether it is from a byte on (206), or all of it.
     *
     * @param from 0 to ask for all
     */
    Answer blobAnswer(Digest blob, long from) throws IOException, InterruptedException {
        var request = wire.request(at("blobs/" + blob)).GET();
        if (from > 0) request.header("Range", "bytes=" + from + "-");
        var answer = ask(request);
        if (answer.status() == 200 || answer.status() == 206) return answer;
        try (answer) {
            if (answer.status() != RANGE_NOT_SATISFIABLE || from == 0) {
                throw failed("blob " + blob + " of " + repository, answer);
            }
        }
        return blobAnswer(blob, 0);
    }

    /** The size of a blob that it has and lets the caller have. */
    public OptionalLong blobSize(Digest blob) throws IOException, InterruptedException {
        var request = wire.request(at("blobs/" + blob)).method("HEAD", BodyPublishers.noBody());
        try (var answer = ask(request)) {
            return switch (answer.status()) {
                case 200 -> answer.length();
                case 404 -> OptionalLong.empty();
                default -> throw failed("look for blob " + blob + " in " + repository, answer);
            };
        }
    }

    /**
     * Has the registry take a blob from another of its repositories.
     *
     * @return whether it did; the caller may have no right there
     */
    public boolean mount(Digest blob, Repository from) throws IOException, InterruptedException {
        var scope = Registries.Access.PULL.scope(from);
        authorization.addScope(scope);
        var query = "blobs/uploads/?mount=" + blob + "&from=" + from.path();
        try (var answer = ask(wire.request(at(query)).POST(BodyPublishers.noBody()))) {
            if (answer.status() == 202) cancel(answer);
            return answer.status() == 201;
        } catch (RegistryException e) {
            authorization.removeScope(scope); // else no token is given for anything any more
            return false;
        }
    }

    /** An upload that was begun in place of a mount is not wanted; if it stays, it expires. */
    private void cancel(Answer begun) throws InterruptedException {
        try {
            ask(wire.request(location(begun)).DELETE(), wire::once).close(); // whatever it says
        } catch (IOException e) {
            // it expires
        }
    }

    /** Where the content of a blob to be uploaded comes from. */
    public interface Content {
        /** From a byte on; closed by the uploader. */
        InputStream from(long offset) throws IOException;
    }

    /** Uploads a blob; a broken transfer goes on where the registry has it. */
    public void upload(Digest blob, long size, Content content)
            throws IOException, InterruptedException {
        new Upload(this, wire, blob, size, content).run();
    }

    URI beginUpload() throws IOException, InterruptedException {
        try (var answer = ask(wire.request(at("blobs/uploads/")).POST(BodyPublishers.noBody()))) {
            if (answer.status() != 202) throw failed("push to " + repository, answer);
            return location(answer);
        }
    }

    /** Stores a manifest or index, whose blobs are there already. */
    public void putManifest(String reference, String mediaType, byte[] bytes)
            throws IOException, InterruptedException {
        var request =
                wire.request(at("manifests/" + reference))
                        .header("Content-Type", mediaType)
                        .PUT(BodyPublishers.ofByteArray(bytes));
        try (var answer = ask(request)) {
            if (answer.status() != 201 && answer.status() != 200) {
                throw failed(
                        "push manifest " + repository + separator(reference) + reference, answer);
            }
        }
    }

    private URI at(String rest) {
        return origin.uri().resolve("/v2/" + repository.path() + "/" + rest);
    }

    /** Where an upload goes on: absolute, or relative to what answered. */
    URI location(Answer answer) throws RegistryException.Failed {
        return target(answer, answer.header("Location"));
    }

    private static URI target(Answer answer, String location) throws RegistryException.Failed {
        try {
            var target = answer.uri().resolve(location);
            var scheme = String.valueOf(target.getScheme());
            boolean safe =
                    scheme.equals("https")
                            || (scheme.equals("http") && answer.uri().getScheme().equals("http"));
            if (!location.isEmpty() && safe && target.getHost() != null) return target;
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new RegistryException.Failed(
                answer.uri()
                        + " sends on to '"
                        + location
                        + "', which is no address that is as safe");
    }

    /** How a request is sent: once, or again while that may help. */
    interface Sending {
        Answer send(HttpRequest.Builder request) throws IOException, InterruptedException;
    }

    Answer ask(HttpRequest.Builder request) throws IOException, InterruptedException {
        return ask(request, wire::send);
    }

    /**
     * Asks, with what proves the caller; says who it is if the registry wants to know, and goes
     * where it sends. What proves the caller goes to the registry itself, never to where it sends,
     * nor to where that sends, be it back (CVE-2024-45336 is of a client that did).
     */
    Answer ask(HttpRequest.Builder request, Sending sending)
            throws IOException, InterruptedException {
        boolean own = true;
        for (int redirects = 0; ; redirects++) {
            own &= origin.has(request.build().uri());
            var answer = own ? authorized(request, sending) : sending.send(request);
            if (!isRedirect(answer)) return answer;
            answer.close();
            if (redirects == MAX_REDIRECTS) {
                throw new RegistryException.Failed(answer.uri() + " sends on without end");
            }
            request.uri(location(answer));
        }
    }

    private static boolean isRedirect(Answer answer) {
        return switch (answer.status()) {
            case 301, 302, 303, 307, 308 ->
                    answer.response().request().method().equals("GET")
                            || answer.response().request().method().equals("HEAD");
            default -> false;
        };
    }

    private Answer authorized(HttpRequest.Builder request, Sending sending)
            throws IOException, InterruptedException {
        var sent = authorization.header();
        var answer = sending.send(with(request, sent));
        if (answer.status() != 401) return answer;
        try (answer) {
            var challenges = answer.response().headers().allValues("WWW-Authenticate");
            if (!authorization.answer(sent, challenges)) {
                throw failed(String.valueOf(repository), answer);
            }
        }
        return sending.send(with(request, authorization.header()));
    }

    private static HttpRequest.Builder with(HttpRequest.Builder request, Optional<String> header) {
        var copy = request.copy();
        header.ifPresent(value -> copy.setHeader("Authorization", value));
        return copy;
    }

    RegistryException failed(String what, Answer answer) {
        var message = what + ": " + said(answer);
        return switch (answer.status()) {
            case 401, 403 -> new RegistryException.Denied(message);
            case 404 -> new RegistryException.NotFound(message);
            default -> new RegistryException.Failed(message);
        };
    }

    /** Where a registry sends may be a host that only this one reaches: its words stay here. */
    private String said(Answer answer) {
        return origin.has(answer.uri())
                ? answer.error()
                : "status " + answer.status() + " from " + answer.uri().getHost();
    }

    /** Waits before the next try. */
    void pause(int tries) throws InterruptedException {
        wire.pause(tries, "");
    }

    @Override
    public void close() {
        wire.close();
    }
}
