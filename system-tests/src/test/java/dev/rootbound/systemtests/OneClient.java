package dev.rootbound.systemtests;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The statement is about the engine alone and the test is long: the docker CLI is enough. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface OneClient {}
