namespace TensorLogic.Examples;

/// <summary>Two convolutions, each with a pool, and a linear layer: images [N, 1, 28, 28] to logits [N, 10].</summary>
internal sealed class DigitsNetwork
{
    private readonly TensorFunctions _f;

    /// <summary>With random weights, scaled by the number of their inputs (He et al., arXiv 1502.01852).</summary>
    public DigitsNetwork(TensorFunctions f, Random random)
    {
        _f = f;
        Parameters = new Dictionary<string, Tensor>
        {
            ["conv1.weight"] = Weights(random, 9, 8, 1, 3, 3),
            ["conv1.bias"] = Tensor<float>.Create([8]),
            ["conv2.weight"] = Weights(random, 72, 16, 8, 3, 3),
            ["conv2.bias"] = Tensor<float>.Create([16]),
            ["fc.weight"] = Weights(random, 784, 10, 784),
            ["fc.bias"] = Tensor<float>.Create([10]),
        };
    }

    /// <summary>With the weights of a file.</summary>
    public DigitsNetwork(TensorFunctions f, IReadOnlyDictionary<string, Tensor> parameters) => (_f, Parameters) = (f, parameters);

    public IReadOnlyDictionary<string, Tensor> Parameters { get; }

    /// <summary>Images as f32 from -1 to 1, [N, 1, 28, 28], and labels.</summary>
    public static (Tensor Images, Tensor Labels) Load(TensorLogicRuntime runtime, string path)
    {
        using IModel file = runtime.LoadModel(path);
        TensorFunctions f = runtime.CreateFunctions();
        Tensor pixels = f.Cast(file.Tensors["images"].Read(), ElementType.Float32);
        Tensor images = f.Subtract(f.Divide(pixels, Tensor.Scalar(127.5f)), Tensor.Scalar(1f));
        return (f.Reshape(images, pixels.Shape[0], 1, 28, 28), f.Cast(file.Tensors["labels"].Read(), ElementType.Int64));
    }

    public Tensor Logits(Tensor images)
    {
        Tensor x = _f.MaxPool2d(_f.Relu(_f.Conv2d(images, Parameters["conv1.weight"], Parameters["conv1.bias"], padding: (1, 1))), (2, 2));
        x = _f.MaxPool2d(_f.Relu(_f.Conv2d(x, Parameters["conv2.weight"], Parameters["conv2.bias"], padding: (1, 1))), (2, 2));
        return _f.Linear(_f.Reshape(x, images.Shape[0], 784), Parameters["fc.weight"], Parameters["fc.bias"]);
    }

    /// <summary>The share of images whose largest logit is their label's.</summary>
    public double Accuracy(Tensor images, Tensor labels)
    {
        Tensor right = _f.Equal(_f.ArgMax(Logits(images).Detach(), 1), labels);
        return _f.Mean(right).As<float>().ReadOnlySpan[0];
    }

    private static Tensor<float> Weights(Random random, int inputs, params int[] shape)
    {
        Shape sizes = Shape.Create(shape);
        double limit = Math.Sqrt(6.0 / inputs);
        return Tensor.FromArray(Enumerable.Range(0, (int)sizes.ElementCount).Select(_ => (float)((2 * random.NextDouble() - 1) * limit)).ToArray(), sizes);
    }
}
