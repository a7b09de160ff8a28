using System.Runtime.CompilerServices;

namespace TensorLogic.CoreML.Packages;

/// <summary>A weights file, storage format version 2: a header, then records of 64 bytes, each pointing at its data.</summary>
/// <remarks>Layout (little-endian). Header: count u32, version u32, 56 bytes reserved. Record: sentinel u32, type u32, size u64,
/// offset u64, padding bits u64, 32 bytes reserved. Source: mlmodel/src/MILBlob/Blob/StorageFormat.hpp of apple/coremltools.</remarks>
internal sealed unsafe class BlobFile : IDisposable
{
    private const int Alignment = 64;
    private const uint Version = 2;
    private const uint Sentinel = 0xDEADBEEF;

    private readonly TensorStorage _storage;

    private BlobFile(string name, string path, TensorStorage storage) => (Name, Path, _storage) = (name, path, storage);

    /// <summary>As programs name it.</summary>
    public string Name { get; }

    public string Path { get; }

    public static BlobFile Open(string name, string path)
    {
        TensorStorage storage = MappedStorage.Open(path);
        try
        {
            if (storage.ByteLength < Alignment) throw new ModelFormatException(path, $"Expected a header of {Alignment} bytes, found {storage.ByteLength} bytes.", 0);
            // In bounds: the header is inside the mapping.
            uint version = Unsafe.ReadUnaligned<uint>(storage.Pointer + 4);
            if (version != Version) throw new ModelFormatException(path, $"Expected version {Version} of the weights file, found {version}.", 4);
            return new(name, path, storage);
        }
        catch
        {
            storage.Release();
            throw;
        }
    }

    /// <summary>Where the elements of a value lie, checked against the type that the model declares.</summary>
    /// <param name="offset">Offset of the record.</param>
    /// <param name="type">Declared element type.</param>
    /// <param name="count">Declared number of elements.</param>
    /// <returns>Offset of the data.</returns>
    public long Find(ulong offset, ElementType type, long count)
    {
        if (offset < Alignment || offset % Alignment != 0 || offset > (ulong)(_storage.ByteLength - Alignment))
            throw new ModelFormatException(Path, $"Expected a record at a multiple of {Alignment} inside the {_storage.ByteLength} bytes after the header, found the offset {offset}.", offset <= long.MaxValue ? (long)offset : null);
        // In bounds: the record ends inside the mapping.
        byte* record = _storage.Pointer + offset;
        long at = (long)offset;
        uint sentinel = Unsafe.ReadUnaligned<uint>(record);
        if (sentinel != Sentinel) throw new ModelFormatException(Path, $"Expected the sentinel 0x{Sentinel:X}, found 0x{sentinel:X}.", at);
        uint stored = Unsafe.ReadUnaligned<uint>(record + 4);
        if (TypeOf(stored) is not ElementType found) throw new ModelFormatException(Path, $"Expected a data type of 1 to 17, found {stored}.", at + 4);
        if (found != type) throw new ModelFormatException(Path, $"Expected elements of {type.Name}, found {found.Name}.", at + 4);

        ulong size = Unsafe.ReadUnaligned<ulong>(record + 8);
        ulong data = Unsafe.ReadUnaligned<ulong>(record + 16);
        ulong padding = Unsafe.ReadUnaligned<ulong>(record + 24);
        if (data < Alignment || data > (ulong)_storage.ByteLength || data < offset + Alignment && data + size > offset)
            throw new ModelFormatException(Path, $"Expected data inside the {_storage.ByteLength} bytes and apart from its record, found the offset {data}.", at + 16);
        if (size > (ulong)_storage.ByteLength - data)
            throw new ModelFormatException(Path, $"Expected {size} bytes of data, found {(ulong)_storage.ByteLength - data} left.", at + 8);
        if (size != (ulong)type.ByteCount(count))
            throw new ModelFormatException(Path, $"Expected {type.ByteCount(count)} bytes for {count} elements of {type.Name}, found {size}.", at + 8);
        if (type.IsPacked && ((Int128)size * 8 - padding != (Int128)count * type.Bits || padding >= 8))
            throw new ModelFormatException(Path, $"Expected {(Int128)size * 8 - (Int128)count * type.Bits} bits of padding after {count} elements of {type.Name}, found {padding}.", at + 24);
        return (long)data;
    }

    /// <summary>A view of elements that <see cref="Find"/> found.</summary>
    public Tensor View(long data, ElementType type, Shape shape) => Tensor.View(_storage, data, type, shape);

    public void Dispose() => _storage.Release();

    private static ElementType? TypeOf(uint stored) => stored switch
    {
        1 => ElementType.Float16,
        2 => ElementType.Float32,
        3 => ElementType.UInt8,
        4 => ElementType.Int8,
        5 => ElementType.BFloat16,
        6 => ElementType.Int16,
        7 => ElementType.UInt16,
        8 => ElementType.Int4,
        9 => ElementType.UInt1,
        10 => ElementType.UInt2,
        11 => ElementType.UInt4,
        12 => ElementType.UInt3,
        13 => ElementType.UInt6,
        14 => ElementType.Int32,
        15 => ElementType.UInt32,
        16 => ElementType.Float8E4M3,
        17 => ElementType.Float8E5M2,
        _ => null,
    };
}
