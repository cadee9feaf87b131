package dev.rootbound.image;

import dev.rootbound.linux.Failpoint;
import dev.rootbound.linux.StateFiles;
import dev.rootbound.oci.Descriptor;
import dev.rootbound.oci.Digest;
import dev.rootbound.oci.ImageConfig;
import dev.rootbound.oci.Manifest;
import dev.rootbound.oci.MediaTypes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The images of the store and each tenant's names for them. An image is stored once; a tenant sees
 * those that it has added. What is answered is durable. A tenant is its host uid.
 */
public final class Images {
    private static final Pattern ID_PREFIX = Pattern.compile("(?:sha256:)?([0-9a-f]{1,64})");

    /** Of the time when a step was last used: each use would be a file written. */
    private static final Duration PRECISION = Duration.ofHours(1);

    private final ContentStore content;
    private final StateFiles imageFiles;
    private final StateFiles tenantFiles;
    private final List<String> problems = new ArrayList<>();

    // All guarded by this.
    private final Map<Digest, StoredImage> images = new HashMap<>();
    private final Map<Long, TenantImages> tenants = new HashMap<>();
    private final Map<Digest, Integer> heldLayers = new HashMap<>();

    /**
     * Reads what is stored; removes what a dead engine left half added.
     *
     * @param dir of the records; the content store has its own
     */
    public Images(Path dir, ContentStore content) throws IOException {
        this.content = content;
        imageFiles = new StateFiles(dir.resolve("images"));
        tenantFiles = new StateFiles(dir.resolve("tenants"));
        problems.addAll(imageFiles.readAll(this::readImage));
        problems.addAll(
                tenantFiles.readAll(
                        (name, json) -> tenants.put(Long.valueOf(name), TenantImages.parse(json))));
        // What a damaged record needs must not be swept away with it.
        if (problems.isEmpty()) removeUnheld();
    }

    private void readImage(String name, byte[] json) throws IOException {
        var id = new Digest(name);
        try (var in = content.open(id)) {
            var raw = in.readAllBytes();
            if (!Sha256.of(raw).equals(id)) throw new IOException("configuration is damaged");
            var fields = StoredImage.fields(json);
            var layers = StoredImage.layersOf(fields);
            // before 0.1 was complete, images were stored without
            var manifest =
                    fields.has("manifest")
                            ? content.document(fields.digest("manifest"))
                            : manifest(raw, layers);
            var image = stored(raw, manifest, layers);
            if (!fields.has("manifest")) {
                content.put(new ByteArrayInputStream(manifest), image.manifest());
                imageFiles.write(name, image.toJson());
            }
            for (var blob : image.blobs().toList()) {
                if (!content.exists(blob)) throw new IOException("content " + blob + " is missing");
            }
            images.put(id, image);
        }
    }

    private void removeUnheld() throws IOException {
        for (var id : List.copyOf(images.keySet())) if (!isHeld(id)) delete(id);
        var needed = referencedBlobs();
        for (var blob : content.list()) if (!needed.contains(blob)) content.delete(blob);
    }

    private static StoredImage stored(byte[] raw, byte[] manifest, List<Image.Layer> layers)
            throws IOException {
        var text = new String(raw, StandardCharsets.UTF_8);
        var config = ImageConfig.parse(raw);
        var image = new StoredImage(Sha256.of(raw), config, text, Sha256.of(manifest), layers);
        image.verify(Manifest.parse(manifest));
        return image;
    }

    /** What was found damaged at the start and set aside, a sentence each. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /**
     * Looks an image up as Docker does: by reference, else by id or unique prefix of the id.
     *
     * @throws IllegalArgumentException for what is neither, or an ambiguous prefix
     */
    public synchronized Optional<Image> find(long tenant, String nameOrId) {
        var id = ID_PREFIX.matcher(nameOrId);
        boolean whole = id.matches() && id.group(1).length() == 64;
        if (!whole) {
            var named = named(tenant, Reference.parse(nameOrId));
            if (named.isPresent()) return named;
        }
        return id.matches() ? byPrefix(tenant, id.group(1)) : Optional.empty();
    }

    private Optional<Image> named(long tenant, Reference reference) {
        var id = tenant(tenant).names().get(TenantImages.key(reference));
        return id == null || !images.containsKey(id)
                ? Optional.empty()
                : Optional.of(view(tenant, id));
    }

    private Optional<Image> byPrefix(long tenant, String prefix) {
        var found = visible(tenant).filter(id -> id.hex().startsWith(prefix)).limit(2).toList();
        if (found.size() > 1) {
            throw new IllegalArgumentException(
                    "multiple IDs found with provided prefix: " + prefix);
        }
        if (found.isEmpty() && prefix.length() == 64) return step(tenant, new Digest(prefix));
        return found.stream().findFirst().map(id -> view(tenant, id));
    }

    /** What a step of a build has made is there for who knows its whole id. */
    private Optional<Image> step(long tenant, Digest id) {
        boolean known = tenant(tenant).isStep(id) && images.containsKey(id);
        return known ? Optional.of(view(tenant, id)) : Optional.empty();
    }

    /** All that the tenant sees, newest first. */
    public synchronized List<Image> list(long tenant) {
        return visible(tenant)
                .map(id -> view(tenant, id))
                .sorted(Comparator.comparing(Images::created).reversed())
                .toList();
    }

    private static Instant created(Image image) {
        try {
            return Instant.parse(image.config().created());
        } catch (DateTimeException _) {
            return Instant.EPOCH; // absent, or not a time
        }
    }

    /**
     * A new image; the content of its layers is in the content store.
     *
     * @param manifest with which it came; one is made if it came with none
     */
    @SuppressWarnings("ArrayRecordComponent") // passed on once, never compared
    public record Addition(
            byte[] rawConfig,
            Optional<byte[]> manifest,
            List<Image.Layer> layers,
            List<Reference> names) {}

    /**
     * Adds images for a tenant, all or none; returned in the same order. A name that another image
     * of the tenant has moves to the new one; the other is kept without it.
     *
     * @throws dev.rootbound.oci.MalformedException if a configuration is bad or names other layers
     */
    public synchronized List<Image> add(long tenant, List<Addition> additions) throws IOException {
        var ids = additions.stream().map(a -> Sha256.of(a.rawConfig())).toList();
        var stored = new ArrayList<Digest>();
        try {
            var after = tenant(tenant);
            for (var addition : additions) {
                after = after.with(store(addition, stored), addition.names());
            }
            Failpoint.reach("load.images-stored");
            save(tenant, after); // from here on they are there
        } catch (IOException | RuntimeException e) {
            for (var id : ids) if (images.containsKey(id) && !isHeld(id)) delete(id);
            sweep(stored);
            throw e;
        }
        return ids.stream().map(id -> view(tenant, id)).toList();
    }

    private Digest store(Addition addition, List<Digest> stored) throws IOException {
        var manifest = addition.manifest().orElse(null);
        if (manifest == null) manifest = manifest(addition.rawConfig(), addition.layers());
        var image = stored(addition.rawConfig(), manifest, addition.layers());
        if (images.containsKey(image.id())) return image.id();
        stored.addAll(List.of(image.id(), image.manifest()));
        content.put(new ByteArrayInputStream(addition.rawConfig()), image.id());
        content.put(new ByteArrayInputStream(manifest), image.manifest());
        Failpoint.reach("load.configuration-stored");
        imageFiles.write(image.id().hex(), image.toJson());
        images.put(image.id(), image);
        return image.id();
    }

    private byte[] manifest(byte[] rawConfig, List<Image.Layer> layers) throws IOException {
        var descriptors = new ArrayList<Descriptor>();
        for (var layer : layers) {
            try (var blob = content.open(layer.blob())) {
                var type = Compression.layerMediaType(blob);
                descriptors.add(new Descriptor(type, layer.blob(), content.size(layer.blob())));
            }
        }
        var config = new Descriptor(MediaTypes.OCI_CONFIG, Sha256.of(rawConfig), rawConfig.length);
        return new Manifest(MediaTypes.OCI_MANIFEST, config, descriptors).toJson();
    }

    /** Gives an image of the tenant a name, with tag or with digest; another image loses it. */
    public synchronized void tag(long tenant, Digest id, Reference name) throws IOException {
        if (visible(tenant).noneMatch(id::equals)) throw new IOException("no such image: " + id);
        save(tenant, tenant(tenant).with(id, List.of(name)));
    }

    /** Takes a name away; the image stays. False if there was none. */
    public synchronized boolean untag(long tenant, Reference name) throws IOException {
        var key = TenantImages.key(name);
        var before = tenant(tenant);
        if (!before.names().containsKey(key)) return false;
        save(tenant, before.withoutName(key));
        return true;
    }

    /**
     * What a removal did.
     *
     * @param names that the tenant had for it
     * @param layers diffIds that no image needs any more, to be given to {@link #dropUnused}
     */
    public record Removed(List<String> names, List<Digest> layers) {}

    /**
     * As {@link #remove(long, Digest)}, unless the tenant has given it a name since or taken one.
     */
    public synchronized Optional<Removed> remove(long tenant, Image seen) throws IOException {
        boolean same =
                visible(tenant).anyMatch(seen.id()::equals)
                        && view(tenant, seen.id()).names().equals(seen.names())
                        && view(tenant, seen.id()).digests().equals(seen.digests());
        return same ? Optional.of(remove(tenant, seen.id())) : Optional.empty();
    }

    /** Removes an image from the tenant; its content too if no other tenant has it. */
    public synchronized Removed remove(long tenant, Digest id) throws IOException {
        var before = tenant(tenant);
        var names =
                Stream.concat(before.namesOf(id).stream(), before.digestsOf(id).stream()).toList();
        save(tenant, before.withoutImage(id)); // from here on it is gone
        var image = images.get(id);
        if (image == null || isHeld(id)) return new Removed(names, List.of());
        try {
            Failpoint.reach("rmi.untagged");
            delete(id);
            Failpoint.reach("rmi.record-deleted");
            sweep(image.blobs().toList());
            Failpoint.reach("rmi.content-deleted");
        } catch (IOException e) {
            throw andTheRest(e, image);
        }
        var needed = layers();
        var unused = image.config().diffIds().stream().distinct().filter(d -> !needed.contains(d));
        return new Removed(names, unused.toList());
    }

    /** What the tenant's builds have made, by key. */
    public synchronized Map<Digest, BuildStep> steps(long tenant) {
        return tenant(tenant).steps().entrySet().stream()
                .collect(Collectors.toMap(e -> new Digest(e.getKey()), Map.Entry::getValue));
    }

    /** What a step with this key has made before; from now on it is last used then. */
    synchronized Optional<StepFiles> useStep(long tenant, Digest key, Instant now)
            throws IOException {
        var step = tenant(tenant).steps().get(key.hex());
        if (step == null || !images.containsKey(step.image())) return Optional.empty();
        if (step.used().plus(PRECISION).isBefore(now)) {
            save(tenant, tenant(tenant).with(key, step.usedAt(now)));
        }
        return Optional.of(new StepFiles(view(tenant, step.image()), step.created()));
    }

    /** Has another key find a step, too; unchanged if it is gone. */
    synchronized void aliasStep(long tenant, Digest key, Digest other) throws IOException {
        var step = tenant(tenant).steps().get(key.hex());
        if (step != null) save(tenant, tenant(tenant).with(other, step));
    }

    /**
     * As {@link #add}, of what only the key of a step names. Whoever has what the key named before,
     * as does a build at the same time, still finds it: its own id names it then.
     */
    synchronized StepFiles addStep(
            long tenant, Digest key, BuildStep.Made made, Addition addition, Instant now)
            throws IOException {
        var id = Sha256.of(addition.rawConfig());
        var stored = new ArrayList<Digest>();
        try {
            store(addition, stored);
            Failpoint.reach("build.step-stored");
            var step = new BuildStep(id, made.what(), made.created(), now);
            save(tenant, tenant(tenant).replaced(key, step));
        } catch (IOException | RuntimeException e) {
            if (images.containsKey(id) && !isHeld(id)) delete(id);
            sweep(stored);
            throw e;
        }
        return new StepFiles(view(tenant, id), made.created());
    }

    /** By their images' ids the steps whose keys others have. */
    public synchronized List<Digest> replacedSteps(long tenant) {
        return tenant(tenant).replaced();
    }

    /**
     * Forgets steps of builds.
     *
     * @return diffIds that no image needs any more, to be given to {@link #dropUnused}
     */
    public synchronized List<Digest> removeSteps(long tenant, Collection<Digest> keys)
            throws IOException {
        var before = tenant(tenant);
        var ids =
                keys.stream()
                        .flatMap(key -> Stream.ofNullable(before.steps().get(key.hex())))
                        .map(BuildStep::image)
                        .distinct()
                        .toList();
        save(tenant, before.withoutSteps(keys));
        var unused = new ArrayList<Digest>();
        for (var id : ids) {
            var image = images.get(id);
            if (image == null || isHeld(id)) continue;
            delete(id);
            sweep(image.blobs().toList());
            unused.addAll(image.config().diffIds());
        }
        var needed = layers();
        return unused.stream().distinct().filter(layer -> !needed.contains(layer)).toList();
    }

    /** The diffIds of all images. */
    public synchronized Set<Digest> layers() {
        return images.values().stream()
                .flatMap(image -> image.config().diffIds().stream())
                .collect(Collectors.toSet());
    }

    /** The diffIds of the tenant's images. */
    public synchronized Set<Digest> layers(long tenant) {
        return visible(tenant)
                .flatMap(id -> stored(id).config().diffIds().stream())
                .collect(Collectors.toSet());
    }

    /** Drops those layers that no image needs and nobody holds. */
    public synchronized void dropUnused(Collection<Digest> diffIds, LayerSink sink)
            throws IOException {
        var needed = layers();
        for (var diffId : diffIds) {
            if (!needed.contains(diffId) && !heldLayers.containsKey(diffId)) sink.drop(diffId);
        }
    }

    /** As {@link #find}, and holds the layers of what it finds, before anybody can drop them. */
    public synchronized Optional<Image> hold(long tenant, String nameOrId) {
        var found = find(tenant, nameOrId);
        found.ifPresent(image -> hold(image.diffIds()));
        return found;
    }

    /** As {@link #find}, and keeps the content of what it finds as long as the hold does. */
    synchronized Optional<Image> keep(long tenant, String nameOrId, ContentStore.Hold content) {
        var found = find(tenant, nameOrId);
        found.ifPresent(image -> stored(image.id()).blobs().forEach(content::keep));
        return found;
    }

    private StoredImage stored(Digest id) {
        return Objects.requireNonNull(images.get(id));
    }

    /** Keeps layers, also those of no image, until each is released as often as it is held. */
    public synchronized void hold(Collection<Digest> diffIds) {
        diffIds.forEach(this::holdLayer);
    }

    /** Gives a hold back, and drops those of the layers that nobody needs any more. */
    public synchronized void release(Collection<Digest> diffIds, LayerSink sink)
            throws IOException {
        diffIds.forEach(this::releaseLayer);
        dropUnused(diffIds, sink);
    }

    synchronized void holdLayer(Digest diffId) {
        heldLayers.merge(diffId, 1, Integer::sum);
    }

    synchronized void releaseLayer(Digest diffId) {
        heldLayers.computeIfPresent(diffId, (_, n) -> n > 1 ? n - 1 : null);
    }

    /** Deletes those blobs that no image needs and nobody holds. */
    synchronized void sweep(Collection<Digest> blobs) throws IOException {
        var needed = referencedBlobs();
        for (var blob : blobs) if (!needed.contains(blob)) content.delete(blob);
    }

    /** A layer whose content was verified when an image with it was added. */
    synchronized Optional<Image.Layer> verified(Digest diffId, Digest blob) {
        return images.values().stream()
                .flatMap(image -> image.layers().stream())
                .filter(layer -> layer.diffId().equals(diffId) && layer.blob().equals(blob))
                .findFirst();
    }

    /**
     * Stores an image's layers from other blobs, which are in the content store and durable.
     *
     * @param layers with the same contents
     */
    synchronized void restore(Image image, byte[] manifest, List<Image.Layer> layers)
            throws IOException {
        var before = images.get(image.id());
        if (before == null) throw new IOException("image " + image.id() + " was removed");
        if (before.manifest().equals(image.manifest())) {
            var raw = image.rawConfig().getBytes(StandardCharsets.UTF_8);
            var after = stored(raw, manifest, layers);
            content.put(new ByteArrayInputStream(manifest), after.manifest());
            imageFiles.write(image.id().hex(), after.toJson());
            images.put(image.id(), after);
            sweep(before.blobs().toList());
        }
    }

    /** From which blobs the tenant has a layer, of an image or of a step of a build. */
    synchronized List<Image.Layer> layers(long tenant, Digest diffId) {
        var steps = tenant(tenant).steps().values().stream().map(BuildStep::image);
        return Stream.concat(visible(tenant), steps.filter(images::containsKey))
                .flatMap(id -> stored(id).layers().stream())
                .filter(layer -> layer.diffId().equals(diffId))
                .distinct()
                .toList();
    }

    /** Whether the tenant has an image with this layer from this blob. */
    synchronized boolean has(long tenant, Digest diffId, Digest blob) {
        return visible(tenant)
                .flatMap(id -> Objects.requireNonNull(images.get(id)).layers().stream())
                .anyMatch(layer -> layer.diffId().equals(diffId) && layer.blob().equals(blob));
    }

    /** What one failure keeps from going would stay until the next start: nobody names it now. */
    private IOException andTheRest(IOException failure, StoredImage image) {
        try {
            if (images.containsKey(image.id())) delete(image.id());
            sweep(image.blobs().toList());
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }

    private void delete(Digest id) throws IOException {
        imageFiles.delete(id.hex());
        images.remove(id);
    }

    private void save(long tenant, TenantImages after) throws IOException {
        tenantFiles.write(Long.toString(tenant), after.toJson());
        tenants.put(tenant, after);
    }

    private TenantImages tenant(long tenant) {
        return tenants.getOrDefault(tenant, TenantImages.NONE);
    }

    private boolean isHeld(Digest id) {
        return tenants.values().stream().anyMatch(tenant -> tenant.holds(id));
    }

    private Stream<Digest> visible(long tenant) {
        return tenant(tenant).images().stream().filter(images::containsKey);
    }

    private Set<Digest> referencedBlobs() {
        var needed = new HashSet<Digest>();
        images.values().forEach(image -> image.blobs().forEach(needed::add));
        return needed;
    }

    private Image view(long tenant, Digest id) {
        var image = stored(id);
        var names = tenant(tenant);
        return new Image(
                id,
                image.config(),
                image.rawConfig(),
                image.manifest(),
                image.layers(),
                names.namesOf(id),
                names.digestsOf(id));
    }
}
