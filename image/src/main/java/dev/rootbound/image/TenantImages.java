package dev.rootbound.image;

import dev.rootbound.oci.Digest;
import dev.rootbound.oci.Json;
import dev.rootbound.oci.MalformedException;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The images that one tenant holds and its names for them.
 *
 * @param images also those without a name
 * @param names canonical references, with tag or with digest, never both
 * @param steps what builds have made on the way to an image, by the hexadecimal digits of its key,
 *     or of its image's id once another has its key
 */
record TenantImages(Set<Digest> images, Map<String, Digest> names, Map<String, BuildStep> steps) {
    static final TenantImages NONE = new TenantImages(Set.of(), Map.of(), Map.of());
    private static final int FORMAT = 1;

    TenantImages {
        images = Collections.unmodifiableSet(new TreeSet<>(images));
        names = Collections.unmodifiableMap(new TreeMap<>(names));
        steps = Collections.unmodifiableMap(new TreeMap<>(steps));
    }

    /** How a reference is looked up: its digest counts, else its tag, {@code latest} by default. */
    static String key(Reference reference) {
        var keyed =
                reference.digest() == null
                        ? reference.withDefaultTag()
                        : new Reference(
                                reference.domain(), reference.path(), null, reference.digest());
        return keyed.canonical();
    }

    /** With an image and names for it, which other images lose. */
    TenantImages with(Digest id, Collection<Reference> added) {
        var allImages = new TreeSet<>(images);
        allImages.add(id);
        var allNames = new TreeMap<>(names);
        for (var name : added) allNames.put(key(name), id);
        return new TenantImages(allImages, allNames, steps);
    }

    TenantImages withoutName(String key) {
        var others = new TreeMap<>(names);
        others.remove(key);
        return new TenantImages(images, others, steps);
    }

    TenantImages withoutImage(Digest id) {
        var otherImages = new TreeSet<>(images);
        otherImages.remove(id);
        var otherNames = new TreeMap<>(names);
        otherNames.values().removeIf(id::equals);
        return new TenantImages(otherImages, otherNames, steps);
    }

    TenantImages with(Digest key, BuildStep step) {
        var all = new TreeMap<>(steps);
        all.put(key.hex(), step);
        return new TenantImages(images, names, all);
    }

    /** With a step, and under its image's id what had its key before. */
    TenantImages replaced(Digest key, BuildStep step) {
        var before = steps.get(key.hex());
        if (before == null || before.image().equals(step.image())) return with(key, step);
        return with(before.image(), before).with(key, step);
    }

    /** By their images' ids the steps that have lost their keys to others. */
    List<Digest> replaced() {
        return steps.entrySet().stream()
                .filter(step -> step.getValue().image().hex().equals(step.getKey()))
                .map(step -> step.getValue().image())
                .toList();
    }

    TenantImages withoutSteps(Collection<Digest> keys) {
        var others = new TreeMap<>(steps);
        keys.forEach(key -> others.remove(key.hex()));
        return new TenantImages(images, names, others);
    }

    /** Whether it is an image of the tenant's, or a step's. */
    boolean holds(Digest id) {
        return images.contains(id) || isStep(id);
    }

    boolean isStep(Digest id) {
        return steps.values().stream().anyMatch(step -> step.image().equals(id));
    }

    /** Sorted, with a tag. */
    List<String> namesOf(Digest id) {
        return familiar(id, false);
    }

    /** Sorted, with a digest. */
    List<String> digestsOf(Digest id) {
        return familiar(id, true);
    }

    private List<String> familiar(Digest id, boolean digests) {
        return names.entrySet().stream()
                .filter(e -> e.getValue().equals(id) && e.getKey().contains("@") == digests)
                .map(e -> Reference.parse(e.getKey()).familiar())
                .sorted()
                .toList();
    }

    byte[] toJson() {
        var document = new TreeMap<String, Object>();
        document.put("format", FORMAT);
        document.put("images", images);
        document.put("names", names);
        if (!steps.isEmpty()) {
            var fields = new TreeMap<String, Object>();
            steps.forEach((key, step) -> fields.put(key, step.toJson()));
            document.put("steps", fields);
        }
        return Json.write(document);
    }

    static TenantImages parse(byte[] json) throws MalformedException {
        var fields = Json.object(json, "tenant's images");
        if (fields.number("format") != FORMAT) {
            throw fields.malformed("has format " + fields.number("format"));
        }
        var names = new TreeMap<String, Digest>();
        for (var entry : fields.textMap("names").entrySet()) {
            try {
                names.put(key(Reference.parse(entry.getKey())), Digest.parse(entry.getValue()));
            } catch (IllegalArgumentException e) {
                throw fields.malformed("has a bad name: " + e.getMessage());
            }
        }
        var steps = new TreeMap<String, BuildStep>();
        var written = fields.objectOrEmpty("steps");
        for (var key : fields.keys("steps")) {
            steps.put(new Digest(key).hex(), BuildStep.of(written.objectOrEmpty(key)));
        }
        return new TenantImages(Set.copyOf(fields.digests("images")), names, steps);
    }
}
