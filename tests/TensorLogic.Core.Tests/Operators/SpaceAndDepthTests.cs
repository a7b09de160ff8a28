using TensorLogic.Operators;
using static TensorLogic.Tests.Operators.OperatorRun;

namespace TensorLogic.Tests.Operators;

/// <summary>Blocks between channels, batches and pixels, by hand on counted elements.</summary>
public sealed class SpaceAndDepthTests
{
    [Test]
    public void Pixel_shuffle_takes_the_pixels_of_a_block_from_neighbouring_channels() =>
        Assert.That(Output(Op.PixelShuffle, new Op.BlockAttributes(2), Counting(1, 8, 1, 1)), Is.EqualTo(new double[] { 0, 1, 2, 3, 4, 5, 6, 7 }));

    [Test]
    public void Depth_to_space_takes_the_pixels_of_a_block_from_distant_channels() =>
        Assert.That(Output(Op.DepthToSpace, new Op.BlockAttributes(2), Counting(1, 8, 1, 1)), Is.EqualTo(new double[] { 0, 2, 4, 6, 1, 3, 5, 7 }));

    [Test]
    public void Space_to_depth_undoes_depth_to_space() =>
        Assert.That(Output(Op.SpaceToDepth, new Op.BlockAttributes(2), Floats([1, 2, 2, 2], 0, 2, 4, 6, 1, 3, 5, 7)), Is.EqualTo(new double[] { 0, 1, 2, 3, 4, 5, 6, 7 }));

    [Test]
    public void Pixel_unshuffle_keeps_the_channels_together() =>
        Assert.That(Output(Op.PixelUnshuffle, new Op.BlockAttributes(2), Counting(1, 2, 2, 2)), Is.EqualTo(new double[] { 0, 1, 2, 3, 4, 5, 6, 7 }));

    [Test]
    public void Space_to_batch_pads_and_gives_each_pixel_of_a_block_a_batch() =>
        Assert.That(Output(Op.SpaceToBatch, new Op.BatchBlockAttributes([1, 2], [0, 0, 1, 0]), Floats([1, 1, 1, 3], 1, 2, 3)), Is.EqualTo(new double[] { 0, 2, 1, 3 }));

    [Test]
    public void Batch_to_space_interleaves_batches_and_crops() =>
        Assert.That(Output(Op.BatchToSpace, new Op.BatchBlockAttributes([1, 2], [0, 0, 1, 0]), Floats([2, 1, 1, 2], 0, 2, 1, 3)), Is.EqualTo(new double[] { 1, 2, 3 }));
}
