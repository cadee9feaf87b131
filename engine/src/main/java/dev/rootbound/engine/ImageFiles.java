package dev.rootbound.engine;

import dev.rootbound.image.Image;
import dev.rootbound.oci.ImageConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** Images made of containers' files, written out, and compared with what is stored of them. */
public interface ImageFiles {
    /**
     * What an image that is made of a container is to be.
     *
     * @param name empty: none
     * @param pause whether the container stands still while its files are read
     * @param changes Dockerfile instructions such as {@code CMD ["sh"]}
     * @param config wins over what the container is configured to run
     * @param exposedPorts that the container was asked for besides its image's
     * @param volumes likewise
     */
    record Commit(
            String name,
            String author,
            String comment,
            boolean pause,
            List<String> changes,
            ImageConfig.Defaults config,
            List<String> exposedPorts,
            List<String> volumes) {
        public Commit {
            changes = List.copyOf(changes);
            exposedPorts = List.copyOf(exposedPorts);
            volumes = List.copyOf(volumes);
        }
    }

    /** What the container has changed becomes a layer on its image's. */
    Image commit(Caller caller, String container, Commit asked);

    /** Where an archive goes. */
    interface Destination {
        /** Asked once, when nothing that is wrong with the request can be found any more. */
        OutputStream open() throws IOException;
    }

    /**
     * Writes images as one archive, an OCI layout that {@code docker load} reads too; the same
     * images are the same bytes. The stream stays open.
     *
     * @param names as Docker's save reads them: a name without a tag is all of its tags, an id is
     *     an image without names
     * @throws EngineException.Failed also if the stream fails; the archive is then cut short
     */
    void save(Caller caller, List<String> names, Destination to);

    /**
     * Reads all that is stored of an image and compares it with its digests, and its unpacked
     * layers with their archives; needs space for the largest layer.
     *
     * @return what is wrong, a sentence each; empty if nothing is
     */
    List<String> verify(Caller caller, String image);
}
