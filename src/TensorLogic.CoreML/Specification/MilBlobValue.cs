using TensorLogic.CoreML.Packages;

namespace TensorLogic.CoreML.Specification;

/// <summary>A constant in a weights file.</summary>
internal sealed class MilBlobValue : MilTensorValue
{
    private readonly BlobFile _blob;
    private readonly long _data;

    /// <param name="type">Declared type.</param>
    /// <param name="blob">The file.</param>
    /// <param name="record">Offset of the record in it, checked here.</param>
    public MilBlobValue(MilTensorType type, BlobFile blob, ulong record) : base(type)
    {
        _blob = blob;
        Record = record;
        _data = blob.Find(record, type.Tensor.ElementType, ElementCount);
    }

    public override bool IsBlob => true;

    /// <summary>The file as the program names it.</summary>
    public string File => _blob.Name;

    /// <summary>Offset of the record in it.</summary>
    public ulong Record { get; }

    /// <summary>True if both are the same bytes of one file.</summary>
    public bool IsSame(MilBlobValue other) => _blob == other._blob && _data == other._data;

    public override Tensor Read() => _blob.View(_data, Type.Tensor.ElementType, Type.Tensor.Shape);
}
