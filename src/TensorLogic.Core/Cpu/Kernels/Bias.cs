namespace TensorLogic.Cpu.Kernels;

/// <summary>The constant bias of a convolution or linear layer, with what was fused into it.</summary>
internal sealed class Bias
{
    private Bias(float[] elements) => Elements = elements;

    /// <summary>One for each output channel; each group filled up with zeros to whole panels.</summary>
    public float[] Elements { get; }

    /// <summary>The bias input times the fused scale plus the fused shift; null if there is none, or if it is not constant.</summary>
    /// <param name="request">The node.</param>
    /// <param name="input">Index of the bias input, or -1.</param>
    /// <param name="channels">All output channels.</param>
    /// <param name="groupChannels">Output channels of a group.</param>
    public static Bias? Create(KernelRequest request, int input, int channels, int groupChannels)
    {
        if (input < 0 && request.Fusion.Shift is null) return null;
        var bias = new double[channels];
        if (input >= 0)
        {
            if (request.Constants[input] is not { } constant) return null;
            bias = TensorConversion.ReadDoubles(constant);
        }
        for (int c = 0; c < channels; c++) bias[c] = bias[c] * (request.Fusion.Scale?[c] ?? 1) + (request.Fusion.Shift?[c] ?? 0);
        return new Bias(Padded(Array.ConvertAll(bias, value => (float)value), groupChannels == 0 ? 1 : channels / groupChannels, groupChannels, Math.Max(GemmTile.Rows, GemmTile.Columns)));
    }

    /// <summary>Groups of elements, each filled up to whole panels.</summary>
    public static float[] Padded(ReadOnlySpan<float> elements, int groups, int groupSize, int width)
    {
        int stride = (groupSize + width - 1) / width * width;
        var padded = new float[groups * stride];
        for (int g = 0; g < groups; g++) elements.Slice(g * groupSize, groupSize).CopyTo(padded.AsSpan(g * stride));
        return padded;
    }
}
