namespace TensorLogic.Formats.Gguf;

/// <summary>GGUF files by name of the format: named tensors, plain or in quantised blocks, and typed metadata.</summary>
/// <remarks><see cref="TensorLogicRuntime.LoadModel"/> opens them too, without being told the format.
/// The format: <see href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md"/>.</remarks>
/// <example><code>
/// using IModel model = GgufFile.Open("model-q4_k.gguf");
/// using Tensor weight = model.Tensors["blk.0.attn_q.weight"].Read();                       // f32
/// GgufFile.Copy("renamed.gguf", model.Tensors.Values, new Dictionary&lt;string, object&gt;(model.Metadata.UserDefined) { ["general.name"] = "mine" });
/// </code></example>
public static class GgufFile
{
    /// <summary>Opens a file of version 1 to 3 and either byte order. A part of a split set opens the whole set. Plain tensors are views of the
    /// mapped file, except in files of the other byte order; blocks are decoded to f32 when they are read.</summary>
    /// <param name="path">A file. Further parts of a set are taken from its folder only.</param>
    /// <param name="limits">What the file may ask for; null for the defaults.</param>
    /// <returns>The tensors, and the metadata in <see cref="ModelMetadata.UserDefined"/>. The caller disposes it.</returns>
    /// <exception cref="FileNotFoundException">Nothing is there.</exception>
    /// <exception cref="ModelFormatException">The file is broken, or a part is missing.</exception>
    /// <exception cref="ModelLimitException">The file asks for more than <paramref name="limits"/> allow.</exception>
    public static IModel Open(string path, LoadLimits? limits = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return GgufLoader.Open(path, limits ?? LoadLimits.Default);
    }

    /// <summary>Writes a file of version 3, little-endian. What was at the path is replaced only once all is written; until then, and on failure,
    /// it stays.</summary>
    /// <param name="path">Where to write. The folder exists.</param>
    /// <param name="tensors">Tensors by name, in the order of the file; up to 4 axes; f32, f16, bf16, f64 or signed integers.</param>
    /// <param name="metadata">Pairs in the order of the file; null for none. The CLR type decides the stored type: numbers from <see cref="byte"/> to
    /// <see cref="ulong"/>, <see cref="float"/>, <see cref="double"/>, <see cref="bool"/>, <see cref="string"/>, and
    /// <see cref="IReadOnlyList{T}"/> of one of these, or of lists as <see cref="object"/>. A <c>general.alignment</c> (a <see cref="uint"/>) is obeyed.</param>
    /// <exception cref="ArgumentException">A name or key is empty, too long, given twice or not valid Unicode, or a tensor or value has a type or
    /// rank that the format lacks.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IEnumerable<KeyValuePair<string, object>>? metadata = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(tensors);
        Write(path, Sources(tensors), metadata);
    }

    /// <summary>As <see cref="Write(string, IEnumerable{KeyValuePair{string, Tensor}}, IEnumerable{KeyValuePair{string, object}})"/>, to a stream
    /// from its current position.</summary>
    public static void Write(Stream stream, IEnumerable<KeyValuePair<string, Tensor>> tensors, IEnumerable<KeyValuePair<string, object>>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(tensors);
        GgufWriter.Write(stream, Sources(tensors), metadata ?? []);
    }

    /// <summary>As <see cref="Write(string, IEnumerable{KeyValuePair{string, Tensor}}, IEnumerable{KeyValuePair{string, object}})"/>, from described
    /// tensors, one at a time. Those of GGUF files and of <see cref="FromStored"/> are written as they are stored, quantised blocks included.</summary>
    public static void Copy(string path, IEnumerable<ModelTensor> tensors, IEnumerable<KeyValuePair<string, object>>? metadata = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(tensors);
        Write(path, Sources(tensors), metadata);
    }

    /// <summary>As <see cref="Copy(string, IEnumerable{ModelTensor}, IEnumerable{KeyValuePair{string, object}})"/>, to a stream from its current
    /// position.</summary>
    public static void Copy(Stream stream, IEnumerable<ModelTensor> tensors, IEnumerable<KeyValuePair<string, object>>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(tensors);
        GgufWriter.Write(stream, Sources(tensors), metadata ?? []);
    }

    /// <summary>Describes a tensor by the bytes that a little-endian file stores for it: quantised blocks of one's own making, to be read as f32 or
    /// written with <see cref="Copy(string, IEnumerable{ModelTensor}, IEnumerable{KeyValuePair{string, object}})"/>.</summary>
    /// <param name="name">Name in the file.</param>
    /// <param name="storage">A type of the format, as <see cref="ModelTensor.Storage"/> spells it: <c>new("Q4_K")</c>, <c>new("F16")</c>.</param>
    /// <param name="shape">Sizes, outermost first, up to four; the last fills whole blocks.</param>
    /// <param name="bytes">Row after row. Not copied: they stay as they are while the tensor is in use.</param>
    /// <exception cref="ArgumentException">The format lacks the type or the rank, or the bytes are not as many as the shape takes.</exception>
    public static ModelTensor FromStored(string name, Quantization storage, Shape shape, ReadOnlyMemory<byte> bytes)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return GgufStored.Describe(name, storage, shape, bytes);
    }

    private static List<GgufSource> Sources(IEnumerable<KeyValuePair<string, Tensor>> tensors) => [.. tensors.Select(pair => GgufSource.Of(pair.Key, pair.Value))];

    private static List<GgufSource> Sources(IEnumerable<ModelTensor> tensors) => [.. tensors.Select(GgufSource.Of)];

    private static void Write(string path, IReadOnlyList<GgufSource> sources, IEnumerable<KeyValuePair<string, object>>? metadata) =>
        ReplacedFile.Write(path, stream => GgufWriter.Write(stream, sources, metadata ?? []));
}
