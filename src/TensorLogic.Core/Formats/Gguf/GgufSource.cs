using System.Collections.Immutable;

namespace TensorLogic.Formats.Gguf;

/// <summary>A tensor to be written.</summary>
/// <param name="Name">Name.</param>
/// <param name="Type">How it is stored.</param>
/// <param name="Dimensions">Sizes, outermost first.</param>
/// <param name="ByteCount">Stored size.</param>
/// <param name="Open">The bytes to store, as elements of any type. Whoever asks disposes the tensor.</param>
internal sealed record GgufSource(string Name, GgufType Type, ImmutableArray<long> Dimensions, long ByteCount, Func<Tensor> Open)
{
    public static GgufSource Of(string name, Tensor tensor)
    {
        if (tensor is null) throw new ArgumentException($"There is no tensor under the name '{name}'.");
        return new(name, Plain(name, tensor.ElementType), [.. tensor.Shape.Select(size => (long)size)], tensor.ByteCount, tensor.Contiguous);
    }

    public static GgufSource Of(ModelTensor tensor)
    {
        if (tensor.ReadStored is { } read && GgufType.Of(tensor.Storage) is { } stored)
            return new(tensor.Name, stored, tensor.Dimensions, tensor.ByteCount, read);
        GgufType type = Plain(tensor.Name, tensor.ElementType);
        Int128 bytes = type.BlockBytes;
        foreach (long size in tensor.Dimensions)
            if ((bytes *= size) > long.MaxValue) throw new ArgumentException($"The tensor '{tensor.Name}' is larger than any file.");
        return new(tensor.Name, type, tensor.Dimensions, (long)bytes, () =>
        {
            using Tensor values = tensor.Read();
            return values.Contiguous();
        });
    }

    private static GgufType Plain(string name, ElementType elementType) => GgufType.Of(elementType)
        ?? throw new ArgumentException($"GGUF has no element type for {elementType.Name}. Convert the tensor '{name}' with To.");
}
