package dev.rootbound.image;

import dev.rootbound.oci.Descriptor;
import dev.rootbound.oci.Digest;
import dev.rootbound.oci.Fields;
import dev.rootbound.oci.Json;
import dev.rootbound.oci.MalformedException;
import dev.rootbound.oci.Manifest;
import dev.rootbound.oci.MediaTypes;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What steps of builds have added to what they began with, by their keys, for another engine: the
 * configuration of a manifest whose layers are those of the steps, each once, in their order. It
 * names no file and no image: who takes a step from it knows what that is made of.
 */
public record StepCache(List<Step> steps) {
    /** Of the configuration, and so of the manifest. */
    public static final String TYPE = "application/vnd.rootbound.buildcache.v1+json";

    /** RFC 3339's, which the images' histories have. */
    private static final int LAST_YEAR = 9999;

    public StepCache {
        steps = List.copyOf(new LinkedHashSet<>(steps));
    }

    /**
     * What a step has made.
     *
     * @param key by which a build finds it
     * @param layer diffId of what it has added; empty: nothing
     */
    public record Step(Digest key, Instant created, Optional<Digest> layer) {
        private Map<String, String> fields() {
            var fields = new TreeMap<String, String>();
            fields.put("key", key.toString());
            fields.put("created", created.toString());
            layer.ifPresent(diffId -> fields.put("layer", diffId.toString()));
            return fields;
        }

        private static Step of(Fields fields) throws MalformedException {
            var layer =
                    fields.has("layer")
                            ? Optional.of(fields.digest("layer"))
                            : Optional.<Digest>empty();
            return new Step(fields.digest("key"), time(fields), layer);
        }

        private static Instant time(Fields fields) throws MalformedException {
            try {
                var time = Instant.parse(fields.text("created"));
                int year = time.atOffset(ZoneOffset.UTC).getYear();
                if (year >= 0 && year <= LAST_YEAR) return time;
            } catch (DateTimeException e) {
                // said below
            }
            throw fields.malformed("has a bad time");
        }
    }

    /**
     * @throws MalformedException if it is none
     */
    public static StepCache parse(byte[] document) throws MalformedException {
        var steps = new ArrayList<Step>();
        for (var step : Json.object(document, "build cache").objects("steps")) {
            steps.add(Step.of(step));
        }
        return new StepCache(steps);
    }

    /**
     * @throws MalformedException if there are more steps than can be read again
     */
    public byte[] toJson() throws MalformedException {
        var document = Json.write(Map.of("steps", steps.stream().map(Step::fields).toList()));
        if (document.length <= Json.MAX_DOCUMENT) return document;
        throw new MalformedException(
                "the build cache's list of "
                        + steps.size()
                        + " steps has "
                        + document.length
                        + " bytes, the limit is "
                        + Json.MAX_DOCUMENT
                        + "; mode=min has only those of the result");
    }

    /** The diffIds of the manifest's layers. */
    List<Digest> layers() {
        return steps.stream().flatMap(step -> step.layer().stream()).distinct().toList();
    }

    /** The steps by key; of one that is there twice the first. */
    Map<Digest, Step> byKey() {
        var all = new LinkedHashMap<Digest, Step>();
        for (var step : steps) all.putIfAbsent(step.key(), step);
        return all;
    }

    /**
     * By diffId what the layers' blobs are.
     *
     * @throws MalformedException if the manifest has other layers
     */
    Map<Digest, Descriptor> blobs(Manifest manifest) throws MalformedException {
        var diffIds = layers();
        if (diffIds.size() != manifest.layers().size()) {
            throw new MalformedException(
                    "the build cache's steps have "
                            + diffIds.size()
                            + " layers, its manifest "
                            + manifest.layers().size());
        }
        var blobs = new LinkedHashMap<Digest, Descriptor>();
        for (int i = 0; i < diffIds.size(); i++)
            blobs.put(diffIds.get(i), manifest.layers().get(i));
        return blobs;
    }

    /**
     * Reads a manifest that is one of such a cache.
     *
     * @param type that its reference gives it
     * @throws MalformedException if it is of something else
     */
    static Manifest manifest(String type, byte[] document) throws MalformedException {
        var found = MediaTypes.isIndex(type) ? type : "";
        if (found.isEmpty()) {
            var manifest = Manifest.parse(document);
            if (manifest.config().mediaType().equals(TYPE)) return manifest;
            found = manifest.config().mediaType();
        }
        throw new MalformedException(
                "it is no build cache of this builder's but has "
                        + found
                        + "; build --cache-to makes one");
    }
}
