using TensorLogic.CoreML.Protobuf;
using static TensorLogic.CoreML.Protobuf.WireType;

namespace TensorLogic.CoreML.Specification.Classic;

/// <summary>Gathers a choice between a <c>StringVector</c> and an <c>Int64Vector</c>: labels, categories, keys.</summary>
internal sealed class CategoryReader
{
    private const int BoxedBytes = 32;

    private List<string>? _strings;
    private List<long>? _integers;

    /// <summary>Reads a <c>StringVector</c>; the last kind of the choice counts.</summary>
    public void Strings(ProtobufReader reader)
    {
        _integers = null;
        _strings ??= [];
        while (reader.Next())
        {
            if ((reader.Field, reader.Wire) != (1, Bytes)) continue;
            if (_strings.Count >= reader.Source.Limits.Count) throw new ModelLimitException(reader.Source.File, $"Number of {reader.Source.Path(reader.Depth, "vector")}", _strings.Count + 1, reader.Source.Limits.Count);
            reader.Source.Charge(2 * IntPtr.Size, "names");
            _strings.Add(reader.Name("vector"));
        }
    }

    /// <summary>Reads an <c>Int64Vector</c>; the last kind of the choice counts.</summary>
    public void Integers(ProtobufReader reader)
    {
        _strings = null;
        _integers ??= [];
        while (reader.Next())
        {
            if (reader.Field != 1 || reader.Wire is not (Varint or Bytes)) continue;
            int before = _integers.Count;
            reader.AddIntegers(_integers, "vector");
            reader.Source.Charge((long)(_integers.Count - before) * BoxedBytes, "names");
        }
    }

    /// <summary>Strings or <see cref="long"/>; null if neither was there.</summary>
    public IReadOnlyList<object>? Build() =>
        _strings is not null ? _strings : _integers is not null ? [.. _integers.Select(integer => (object)integer)] : null;
}

/// <summary>Reads the maps of the format, whose entries are messages of a key and a value.</summary>
internal static class MapReader
{
    private const int EntryBytes = 128;

    /// <summary>Adds the entries of a message with the map in field 1; of two entries of one key the last counts.</summary>
    /// <typeparam name="TValue">Kind of the values.</typeparam>
    /// <param name="reader">The message.</param>
    /// <param name="map">What to add to.</param>
    /// <param name="hasStringKeys">True: the keys are strings; false: integers.</param>
    /// <param name="zero">The value of an entry that states none.</param>
    /// <param name="value">Reads the value of an entry, or gives back what it was given.</param>
    public static void Read<TValue>(ProtobufReader reader, Dictionary<object, TValue> map, bool hasStringKeys, TValue zero, ReadValue<TValue> value)
    {
        for (int index = 0; reader.Next();)
        {
            if ((reader.Field, reader.Wire) != (1, Bytes)) continue;
            if (map.Count >= reader.Source.Limits.Count) throw new ModelLimitException(reader.Source.File, $"Number of {reader.Source.Path(reader.Depth, "map")}", map.Count + 1, reader.Source.Limits.Count);
            reader.Source.Charge(EntryBytes, "maps");
            ProtobufReader entry = reader.Message("map", index++);
            object key = hasStringKeys ? "" : 0L;
            TValue found = zero;
            while (entry.Next())
            {
                if (entry.Field == 1 && hasStringKeys && entry.Wire == Bytes) key = entry.Name("key");
                else if (entry.Field == 1 && !hasStringKeys && entry.Wire == Varint) key = entry.Int64();
                else if (entry.Field == 2) found = value(entry, found);
            }
            map[key] = found;
        }
    }

    /// <summary>The value of the current field if it is of the right layout, else the one so far.</summary>
    public delegate TValue ReadValue<TValue>(ProtobufReader reader, TValue before);
}
