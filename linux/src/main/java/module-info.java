/**
 * Every native call the product makes, typed, one errno per call, by the foreign function
 * interface. Nobody else imports {@code java.lang.foreign}. Read {@link dev.rootbound.linux.Fd}
 * first.
 */
@org.jspecify.annotations.NullMarked
module dev.rootbound.linux {
    requires static org.jspecify;

    exports dev.rootbound.linux;
}
