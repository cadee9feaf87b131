/**
 * The records of the OCI image and runtime specifications and their JSON. Never touches disk or
 * network.
 */
@org.jspecify.annotations.NullMarked
module dev.rootbound.oci {
    requires static org.jspecify;
    requires transitive tools.jackson.databind;
    requires transitive com.fasterxml.jackson.annotation;

    exports dev.rootbound.oci;

    opens dev.rootbound.oci to
            tools.jackson.databind;
}
