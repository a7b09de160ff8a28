using TensorLogic.Operators;
using static TensorLogic.Tests.Operators.OperatorRun;

namespace TensorLogic.Tests.Operators;

/// <summary>Grid points of MIL's definition on the interval [0, 1], and padding by hand.</summary>
public sealed class ResizingTests
{
    [TestCase(nameof(Op.SamplingMode.UnalignCorners), new[] { 0, 0.1, 0.5, 0.9, 1 })]
    [TestCase(nameof(Op.SamplingMode.StrictAlignCorners), new[] { 0, 0.25, 0.5, 0.75, 1 })]
    [TestCase(nameof(Op.SamplingMode.Default), new[] { 0, 0.4, 0.8, 1, 1 })]
    [TestCase(nameof(Op.SamplingMode.OffsetCorners), new[] { 0.1, 0.3, 0.5, 0.7, 0.9 })]
    public void Positions_follow_the_sampling_mode(string mode, double[] expected) =>
        Assert.That(Output(Op.Resize, new Op.ResizeAttributes(1, Enum.Parse<Op.SamplingMode>(mode), false), Floats([1, 2], 0, 1), Integers([1], 5)), Is.EqualTo(expected).Within(1e-6));

    [TestCase(nameof(Op.BorderMode.Constant), 7)]
    [TestCase(nameof(Op.BorderMode.Border), 3)]
    [TestCase(nameof(Op.BorderMode.Reflection), 2)]
    [TestCase(nameof(Op.BorderMode.Symmetric), 3)]
    public void What_lies_outside_follows_the_padding_mode(string mode, double expected) =>
        Assert.That(Output(Op.Resample, new Op.ResampleAttributes(true, Enum.Parse<Op.BorderMode>(mode), 7, Op.CoordinateMode.Unnormalized, false), Floats([1, 1, 1, 3], 1, 2, 3), Floats([1, 1, 1, 2], 3, 0)), Is.EqualTo(new[] { expected }));

    [Test]
    public void Affine_of_the_identity_changes_nothing() =>
        Assert.That(Output(Op.Affine, new Op.AffineAttributes(2, 3, false, Op.BorderMode.Constant, 0, Op.CoordinateMode.MinusOneToOne, true), Counting(1, 1, 2, 3), Floats([1, 6], 1, 0, 0, 0, 1, 0)),
            Is.EqualTo(new double[] { 0, 1, 2, 3, 4, 5 }).Within(1e-6));

    [Test]
    public void Crop_resize_refuses_an_image_that_is_not_there() =>
        Assert.That(() => Output(Op.CropResize, new Op.CropResizeAttributes(1, 1, false, 1, false, false, Op.SamplingMode.Default, 0), Counting(1, 1, 2, 2), Floats([1, 4], 0, 0, 1, 1), Integers([1], 1)), Throws.TypeOf<ShapeException>());
}
