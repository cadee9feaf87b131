package dev.rootbound.docker;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.build.BuildInput;
import dev.rootbound.build.BuildRequest;
import dev.rootbound.engine.ContainerSpec;
import dev.rootbound.image.Reference;
import dev.rootbound.oci.Platform;
import dev.rootbound.registry.Credentials;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/** The parameters of {@code POST /build}. */
final class AskedBuild {
    private static final String DOCKERFILE = "Dockerfile";
    private static final int MOST_SECRETS = 8 << 20;
    private static final int MOST_CONTEXTS = 100;
    private static final String HUB = "https://index.docker.io/v1/";

    /** What asks for something else than images made here. */
    private static final List<String> REFUSED = List.of("squash", "cgroupparent", "outputs");

    private final Query query;

    private AskedBuild(Query query) {
        this.query = query;
    }

    /** Reads of the body no more than what comes before the context. */
    static BuildRequest of(Call call) throws IOException {
        var asked = new AskedBuild(call.query());
        return asked.request(
                call.exchange().header("X-Registry-Config"), asked.secrets(call.exchange().body()));
    }

    private BuildRequest request(String registries, Map<String, byte[]> secrets) {
        if (query.number("version", 1) != 1) {
            throw new ApiException(
                    501,
                    "BuildKit's protocol is not built yet: set DOCKER_BUILDKIT=0, or use ./rootbound"
                            + " build");
        }
        for (var parameter : REFUSED) {
            if (query.has(parameter) && !query.text(parameter).equals("0")) {
                throw new ApiException(501, "build: " + parameter + " is not built yet");
            }
        }
        var dockerfile = query.text("dockerfile");
        return new BuildRequest(
                dockerfile.isEmpty() ? DOCKERFILE : dockerfile,
                query.text("remote"),
                names(),
                arguments(),
                map("labels"),
                query.text("target"),
                query.flag("nocache"),
                Set.copyOf(query.all("nocachefilter")),
                query.flag("pull"),
                platform(),
                container(),
                credentials(registries),
                secrets,
                named("ssh", "ID=PATH"),
                caches(),
                named("contextimage", "NAME=IMAGE"));
    }

    /** Our own: {@code secrets=N}, and N bytes of JSON before the context, in base64 by id. */
    private Map<String, byte[]> secrets(InputStream body) throws IOException {
        int length = query.number("secrets", 0);
        if (length == 0) return Map.of();
        if (length < 0 || length > MOST_SECRETS) {
            throw new ApiException(400, "secrets: more than " + MOST_SECRETS + " bytes");
        }
        var bytes = body.readNBytes(length);
        var all = new HashMap<String, byte[]>();
        for (var entry : Json.parse(new String(bytes, UTF_8)).properties()) {
            try {
                all.put(entry.getKey(), Base64.getDecoder().decode(entry.getValue().asString("")));
            } catch (IllegalArgumentException e) {
                throw new ApiException(400, "secrets: " + entry.getKey() + " is not base64");
            }
        }
        return all;
    }

    /**
     * Our own: of each {@code context=NAME}, the files as a stream of pieces ({@link FramedInput})
     * before the context that has no name, in this order.
     */
    static BuildInput input(Call call) throws IOException {
        var body = call.exchange().body();
        var names = call.query().all("context");
        if (names.size() > MOST_CONTEXTS) {
            throw new ApiException(400, "build: more than " + MOST_CONTEXTS + " contexts");
        }
        var named =
                names.stream()
                        .map(name -> new BuildInput.Named(name, new FramedInput(body)))
                        .toList();
        return new BuildInput(caches(call, body), named, body);
    }

    /**
     * Our own: {@code cachearchives=N}, and N archives as streams of pieces before the contexts.
     */
    private static List<InputStream> caches(Call call, InputStream body) {
        int count = call.query().number("cachearchives", 0);
        if (count < 0 || count > MOST_CONTEXTS) {
            throw new ApiException(400, "build: more than " + MOST_CONTEXTS + " caches");
        }
        return Stream.generate(() -> (InputStream) new FramedInput(body)).limit(count).toList();
    }

    /** References, of which a cache in a registry is one that another build has made. */
    private List<String> caches() {
        if (!query.has("cachefrom")) return List.of();
        var object = Json.object();
        object.set("cachefrom", Json.parse(query.text("cachefrom")));
        return Fields.of(object).texts("cachefrom");
    }

    /**
     * Our own: {@code contextimage=NAME=IMAGE}, and {@code ssh=ID=PATH}, the socket of an agent on
     * this host.
     */
    private Map<String, String> named(String parameter, String form) {
        var named = new HashMap<String, String>();
        for (var each : query.all(parameter)) {
            int equals = each.indexOf('=');
            if (equals < 0) throw new ApiException(400, parameter + " is " + form + ": " + each);
            named.put(each.substring(0, equals), each.substring(equals + 1));
        }
        return named;
    }

    private List<String> names() {
        var names = new ArrayList<String>();
        for (var name : query.all("t")) {
            if (name.isEmpty()) continue;
            try {
                var reference = Reference.parse(name);
                if (reference.digest() != null) {
                    throw new ApiException(400, "build tag cannot contain a digest");
                }
                names.add(reference.withDefaultTag().familiar());
            } catch (IllegalArgumentException e) {
                throw new ApiException(400, "invalid tag \"" + name + "\": " + e.getMessage());
            }
        }
        return names.stream().distinct().toList();
    }

    /** One without a value is as if it were not given: Docker's client has filled it in. */
    private Map<String, String> arguments() {
        var arguments = new LinkedHashMap<String, String>();
        if (!query.has("buildargs")) return arguments;
        for (var entry : Json.parse(query.text("buildargs")).properties()) {
            if (entry.getValue().isString()) {
                arguments.put(entry.getKey(), entry.getValue().stringValue());
            }
        }
        return arguments;
    }

    private Map<String, String> map(String parameter) {
        if (!query.has(parameter)) return Map.of();
        var object = Json.object();
        object.set(parameter, Json.parse(query.text(parameter)));
        return Fields.of(object).map(parameter);
    }

    private Optional<Platform> platform() {
        var text = query.text("platform");
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Platform.parse(text));
        } catch (IllegalArgumentException e) {
            throw new ApiException(400, Api.message(e));
        }
    }

    /** What each container of the build has, asked for as of any other. */
    private ContainerSpec container() {
        var request = Json.object().put("Image", "build");
        var host = request.putObject("HostConfig");
        put(host, "Memory", "memory");
        put(host, "MemorySwap", "memswap");
        put(host, "CpuShares", "cpushares");
        put(host, "CpuPeriod", "cpuperiod");
        put(host, "CpuQuota", "cpuquota");
        put(host, "ShmSize", "shmsize");
        host.put("CpusetCpus", query.text("cpusetcpus"));
        host.put("CpusetMems", query.text("cpusetmems"));
        host.put("NetworkMode", query.text("networkmode"));
        if (query.has("ulimits")) host.set("Ulimits", Json.parse(query.text("ulimits")));
        host.set("ExtraHosts", Json.array(query.all("extrahosts")));
        host.set("SecurityOpt", Json.array(query.all("securityopt")));
        return CreateContainer.parse(request.toString(), "")
                .toSpec()
                .with(spec -> spec.origin = "{}");
    }

    private void put(ObjectNode host, String field, String parameter) {
        if (!query.has(parameter)) return;
        try {
            host.put(field, Long.parseLong(query.text(parameter)));
        } catch (NumberFormatException e) {
            throw new ApiException(400, parameter + ": not a number: " + query.text(parameter));
        }
    }

    /** By registry, as it is in the names of images. */
    private static Map<String, Credentials> credentials(String header) {
        if (header.isEmpty()) return Map.of();
        var all = new HashMap<String, Credentials>();
        try {
            var bytes = Base64.getUrlDecoder().decode(header.replace('+', '-').replace('/', '_'));
            for (var entry : Json.parse(new String(bytes, UTF_8)).properties()) {
                var host = entry.getKey().equals(HUB) ? "docker.io" : entry.getKey();
                all.put(host, RegistryAuth.of(Fields.of(entry.getValue())));
            }
        } catch (IllegalArgumentException e) {
            throw new ApiException(400, "X-Registry-Config is not JSON in base64url");
        }
        return all;
    }
}
