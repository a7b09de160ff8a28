using TensorLogic.CoreML.Protobuf;
using static TensorLogic.CoreML.Protobuf.WireType;

namespace TensorLogic.CoreML.Specification.Classic;

/// <summary><c>KNearestNeighborsClassifier</c>.</summary>
internal sealed class NeighborsReader : ClassicReader
{
    private readonly List<float[]> _samples = [];
    private readonly CategoryReader _labels = new();
    private int _dimensions, _index, _leafSize, _weighting;
    private bool _hasDistance, _hasNeighbors;
    private long _neighbors;
    private (long, long)? _range;
    private List<long>? _allowed;
    private object? _default;

    public override void Read(ProtobufReader reader)
    {
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Bytes): ReadIndex(reader.Message("nearestNeighborsIndex")); break;
                case (3, Bytes): ReadNeighbors(reader.Message("numberOfNeighbors")); break;
                case (100, Bytes): _labels.Strings(reader.Message("stringClassLabels")); break;
                case (101, Bytes): _labels.Integers(reader.Message("int64ClassLabels")); break;
                case (110, Bytes): _default = reader.Name("defaultStringLabel"); break;
                case (111, Varint): _default = reader.Int64(); break;
                case (200 or 210, Bytes): _weighting = reader.Field; break;
            }
    }

    private void ReadIndex(ProtobufReader reader)
    {
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Varint): _dimensions = reader.Int32(); break;
                case (2, Bytes):
                    Count(reader, _samples.Count, 48, "floatSamples");
                    _samples.Add(Vectors.Floats(reader.Message("floatSamples", _samples.Count), "vector"));
                    break;
                case (100, Bytes): _index = 100; break;
                case (110, Bytes):
                    if (_index != 110) (_index, _leafSize) = (110, 0);
                    ProtobufReader tree = reader.Message("singleKdTreeIndex");
                    while (tree.Next())
                        if ((tree.Field, tree.Wire) == (1, Varint)) _leafSize = tree.Int32();
                    break;
                case (200, Bytes): _hasDistance = true; break;
            }
    }

    private void ReadNeighbors(ProtobufReader reader)
    {
        _hasNeighbors = true;
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Varint): _neighbors = reader.Int64(); break;
                case (10, Bytes):
                    (long least, long greatest) = _range ?? (0, 0);
                    ProtobufReader range = reader.Message("range");
                    while (range.Next())
                        switch (range.Field, range.Wire)
                        {
                            case (1, Varint): least = range.Int64(); break;
                            case (2, Varint): greatest = range.Int64(); break;
                        }
                    (_range, _allowed) = ((least, greatest), null);
                    break;
                case (11, Bytes):
                    (_range, _allowed) = (null, _allowed ?? []);
                    ProtobufReader set = reader.Message("set");
                    while (set.Next())
                        if (set.Field == 1 && set.Wire is (Varint or Bytes)) set.AddIntegers(_allowed, "values");
                    break;
            }
    }

    public override ClassicSpecification Build() => new NeighborsSpecification(
        _dimensions, _samples, _index, _leafSize, _hasDistance, _hasNeighbors ? new(_neighbors, _range, _allowed) : null, _weighting, _labels.Build(), _default);
}
