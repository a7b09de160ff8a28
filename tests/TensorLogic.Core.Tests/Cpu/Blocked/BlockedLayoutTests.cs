using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.Core.Tests.Cpu.Blocked;

/// <summary>Stacks of layers whose values are held in blocks of 16 channels give what the reference kernels give.</summary>
public sealed class BlockedLayoutTests
{
    [Test]
    public void A_convolution_agrees(
        [Values(3, 8, 16, 20, 48)] int channels, [Values(12, 16, 40, 100)] int outputs, [Values(1, 3)] int kernel, [Values(1, 2)] int stride, [Values(0, 1)] int pad)
    {
        Stack stack = new([2, channels, 11, 19]);

        string plan = stack.AssertAgrees(stack.Conv(stack.Input, outputs, kernel, stride, pad));

        Assert.That(plan, channels is 3 or 8 ? Does.Contain("plain rows") : channels >= 12 ? Does.Contain("blocked tiles") : Does.Not.Contain("blocked"));
    }

    [Test]
    public void Every_width_of_a_row_agrees([Range(1, 31)] int width)
    {
        Stack stack = new([1, 32, 3, width]);
        Stack planes = new([1, 32, width, 1]);

        stack.AssertAgrees(stack.Conv(stack.Conv(stack.Input, 80, 3, pad: 1), 48, 1));
        planes.AssertAgrees(planes.Conv(planes.Input, 64, 1));
    }

    [Test]
    public void Asymmetric_and_same_padding_agree([Values] PadType type, [Values(1, 2, 3)] int stride)
    {
        Stack stack = new([1, 16, 13, 10]);
        Op.ConvAttributes attributes = new([stride, stride], type, type == PadType.Custom ? [2, 0, 1, 3] : [], [1, 1], 1);

        stack.AssertAgrees(stack.Add(Op.Conv, attributes, stack.Input, stack.Constant(24, 16, 4, 5), null));
    }

    [Test]
    public void Dilated_and_grouped_convolutions_agree([Values(1, 2, 3)] int dilation, [Values(1, 2, 4)] int groups)
    {
        Stack stack = new([1, 64, 12, 12]);

        string plan = stack.AssertAgrees(stack.Conv(stack.Input, 64, 3, pad: 2, groups: groups, dilation: dilation));

        Assert.That(plan, Does.Contain("blocked tiles"));
    }

    [Test]
    public void A_convolution_by_transformed_tiles_agrees([Values(32, 40, 64)] int channels, [Values(33, 64)] int outputs, [Values(4, 7, 14, 17)] int height, [Values(5, 8, 30)] int width, [Values(0, 1)] int pad)
    {
        Stack stack = new([2, channels, height, width]);

        string plan = stack.AssertAgrees(stack.Conv(stack.Input, outputs, 3, pad: pad));

        Assert.That(plan, Does.Contain("transformed"));
    }

    [Test]
    public void What_follows_transformed_tiles_is_fused_into_them()
    {
        Stack stack = new([1, 32, 18, 13]);
        Value first = stack.Add(Op.Clip, new Op.ClipAttributes(-0.5, 0.75), stack.Conv(stack.Input, 48, 3, pad: 1));
        Value added = stack.Add(Op.Relu, stack.Add(Op.Add, stack.Conv(first, 48, 3, pad: 1), first));
        Value silu = stack.Add(Op.Silu, stack.Conv(added, 32, 3, pad: 1, bias: false));

        string plan = stack.AssertAgrees(silu, added);

        Assert.That(plan, Does.Contain("transformed + clip").And.Contain("transformed + add + relu").And.Contain("transformed + silu"));
    }

    [Test]
    public void A_depthwise_convolution_agrees([Values(16, 20, 33)] int channels, [Values(3, 5)] int kernel, [Values(1, 2)] int stride)
    {
        Stack stack = new([2, channels, 15, 17]);

        string plan = stack.AssertAgrees(stack.Conv(stack.Input, channels, kernel, stride, kernel / 2, channels));

        Assert.That(plan, Does.Contain("blocked depthwise"));
    }

    [Test]
    public void A_residual_block_agrees()
    {
        Stack stack = new([1, 3, 30, 30]);
        Value stem = stack.Add(Op.Relu, stack.Conv(stack.Input, 64, 7, 2, 3));
        Value pooled = stack.Add(Op.MaxPool, new Op.PoolAttributes([3, 3], [2, 2], PadType.Custom, [1, 1, 1, 1], false), stem);
        Value inner = stack.Conv(stack.Add(Op.Relu, stack.Conv(stack.Add(Op.Relu, stack.Conv(pooled, 32, 1)), 32, 3, pad: 1)), 64, 1);
        Value result = stack.Add(Op.Relu, stack.Add(Op.Add, inner, pooled));
        Value mean = stack.Add(Op.ReduceMean, new Op.ReduceAttributes([2, 3], true), result);

        string plan = stack.AssertAgrees(mean, result);

        Assert.That(plan, Does.Contain("blocked tiles + add + relu").And.Contain("blocked windows").And.Contain("blocked planes"));
    }

    [Test]
    public void A_squeezed_and_excited_block_agrees()
    {
        Stack stack = new([2, 24, 14, 14]);
        Value wide = stack.Add(Op.Silu, stack.Conv(stack.Add(Op.Silu, stack.Conv(stack.Input, 72, 1)), 72, 5, 1, 2, 72));
        Value squeezed = stack.Add(Op.ReduceMean, new Op.ReduceAttributes([-1, -2], true), wide);
        Value gate = stack.Add(Op.Sigmoid, stack.Conv(stack.Add(Op.Silu, stack.Conv(squeezed, 6, 1)), 72, 1));

        string plan = stack.AssertAgrees(stack.Conv(stack.Add(Op.Mul, gate, wide), 24, 1), stack.Add(Op.Mul, wide, gate));

        Assert.That(plan, Does.Contain("mul: blocked vectors"));
    }

    [Test]
    public void Normalisation_before_a_convolution_and_concatenation_agree()
    {
        Stack stack = new([1, 32, 9, 9]);
        Value first = stack.Conv(stack.Input, 32, 3, pad: 1);
        Value normal = stack.Add(Op.Relu, stack.Add(Op.BatchNorm, new Op.EpsilonAttributes(1e-3), first, stack.Constant(32), stack.Known(Tensor.FromArray([.. Enumerable.Range(1, 32).Select(i => i / 10f)], [32])), stack.Constant(32), stack.Constant(32)));
        Value second = stack.Conv(normal, 20, 3, pad: 1);

        string plan = stack.AssertAgrees(stack.Conv(stack.Add(Op.Concat, new Op.ConcatAttributes(1), first, second), 16, 3, pad: 1), normal, first);

        Assert.That(plan, Does.Contain("batch_norm: blocked vectors").And.Contain("concat: blocked planes"));
    }

    [TestCase(false, false)]
    [TestCase(true, false)]
    [TestCase(false, true)]
    public void Pools_with_padding_agree(bool ceil, bool exclude)
    {
        Stack stack = new([1, 16, 10, 12]);
        Value x = stack.Conv(stack.Input, 17, 1);

        stack.AssertAgrees(
            stack.Add(Op.MaxPool, new Op.PoolAttributes([3, 2], [2, 2], PadType.Custom, [1, 1, 0, 1], ceil), x),
            stack.Add(Op.AvgPool, new Op.AvgPoolAttributes([3, 3], [2, 1], PadType.Custom, [1, 1, 1, 1], ceil, exclude), x),
            stack.Conv(stack.Add(Op.AvgPool, new Op.AvgPoolAttributes([2, 2], [2, 2], PadType.Valid, [], ceil, exclude), x), 16, 3, pad: 1));
    }

    [Test]
    public void Sizes_that_are_known_with_the_input_only_agree()
    {
        Stack stack = new([1, 16, 9, 14], new TensorType(ElementType.Float32, [1, 16, Dimension.Unknown, Dimension.Unknown]));
        Value x = stack.Conv(stack.Conv(stack.Input, 32, 3, pad: 1), 32, 3, 2, 1);

        stack.AssertAgrees(stack.Add(Op.Relu, x), x);
    }

    [Test]
    public void Operators_without_a_blocked_kernel_get_plain_tensors_between()
    {
        Stack stack = new([1, 16, 8, 8]);
        Value first = stack.Conv(stack.Input, 20, 3, pad: 1);
        Value turned = stack.Add(Op.Transpose, new Op.TransposeAttributes([0, 1, 3, 2]), first);

        string plan = stack.AssertAgrees(stack.Conv(turned, 16, 3, pad: 1), stack.Add(Op.Softmax, new Op.AxisAttributes(1), first));

        Assert.That(plan, Does.Contain("from blocks").And.Contain("to blocks"));
    }

    [Test]
    public void Not_a_number_passes_a_fused_clamp()
    {
        Stack stack = new([1, 16, 4, 4]);
        Value nan = stack.Add(Op.Conv, new Op.ConvAttributes([1, 1], PadType.Valid, [], [1, 1], 1), stack.Input, stack.Known(Tensor.FromArray([.. Enumerable.Repeat(float.NaN, 16 * 16)], [16, 16, 1, 1])), null);

        stack.AssertAgrees(stack.Add(Op.Clip, new Op.ClipAttributes(0, 6), nan));
    }
}
