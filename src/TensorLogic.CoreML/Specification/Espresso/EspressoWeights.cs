using TensorLogic.CoreML.Packages;

namespace TensorLogic.CoreML.Specification.Espresso;

/// <summary><c>model.espresso.weights</c>: a count u64, that many pairs of id u64 and size u64, then the blobs in that order; little-endian.</summary>
internal sealed class EspressoWeights
{
    private const int EntryBytes = 16;

    private readonly Dictionary<ulong, (long Start, long Length)> _blobs = [];
    private readonly TensorStorage _storage;

    private EspressoWeights(TensorStorage storage) => _storage = storage;

    public static unsafe EspressoWeights Open(CoreMLPackage package, string name, LoadLimits limits)
    {
        TensorStorage storage = package.Map(name);
        string file = Path.Combine(package.Root, name);
        if (storage.ByteLength < sizeof(ulong)) throw new ModelFormatException(file, $"Expected the number of blobs in {sizeof(ulong)} bytes, found {storage.ByteLength}.", 0);
        // In bounds: the count and then the table are inside the mapping.
        ulong count = System.Runtime.CompilerServices.Unsafe.ReadUnaligned<ulong>(storage.Pointer);
        ulong fitting = (ulong)(storage.ByteLength - sizeof(ulong)) / EntryBytes;
        if (count > fitting) throw new ModelFormatException(file, $"Expected a table of {count} blobs, found room for {fitting}.", 0);
        if (count > (ulong)limits.Count) throw new ModelLimitException(file, "Number of blobs", count, limits.Count);
        EspressoWeights weights = new(storage);
        long at = sizeof(ulong) + (long)count * EntryBytes;
        for (long entry = 0; entry < (long)count; entry++)
        {
            long place = sizeof(ulong) + entry * EntryBytes;
            ulong id = System.Runtime.CompilerServices.Unsafe.ReadUnaligned<ulong>(storage.Pointer + place);
            ulong size = System.Runtime.CompilerServices.Unsafe.ReadUnaligned<ulong>(storage.Pointer + place + sizeof(ulong));
            if (size > (ulong)(storage.ByteLength - at)) throw new ModelFormatException(file, $"Expected {size} bytes of the blob {id}, found {storage.ByteLength - at} left.", place + sizeof(ulong));
            weights._blobs[id] = (at, (long)size);
            at += (long)size;
        }
        return at == storage.ByteLength ? weights : throw new ModelFormatException(file, $"Expected the end of the file after the blobs, found {storage.ByteLength - at} more bytes.", at);
    }

    /// <summary>Length of a blob, or null if there is none of this id.</summary>
    public long? LengthOf(ulong id) => _blobs.TryGetValue(id, out (long Start, long Length) blob) ? blob.Length : null;

    /// <summary>A blob as one axis; it has fewer than 2^31 elements.</summary>
    public Tensor Read(ulong id, ElementType type)
    {
        (long start, long length) = _blobs[id];
        return Tensor.View(_storage, start, type, [(int)(length * 8 / type.Bits)]);
    }
}
