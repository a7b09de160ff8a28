namespace TensorLogic.Cpu.Kernels;

/// <summary>The constant bias of a convolution or linear layer, with what was fused into it.</summary>
internal sealed class Bias
{
    private Bias(float[] elements) => Elements = elements;

    /// <summary>One for each output channel.</summary>
    public float[] Elements { get; }

    /// <summary>The bias input times the fused scale plus the fused shift; null if there is none, or if it is not constant.</summary>
    /// <param name="request">The node.</param>
    /// <param name="input">Index of the bias input, or -1.</param>
    /// <param name="channels">All output channels.</param>
    public static Bias? Create(KernelRequest request, int input, int channels)
    {
        if (input < 0 && request.Fusion.Shift is null) return null;
        var bias = new double[channels];
        if (input >= 0)
        {
            if (request.Constants[input] is not { } constant) return null;
            bias = TensorConversion.ReadDoubles(constant);
        }
        return new Bias([.. bias.Select((value, c) => (float)(value * (request.Fusion.Scale?[c] ?? 1) + (request.Fusion.Shift?[c] ?? 0)))]);
    }
}
