using TensorLogic.CoreML.Protobuf;
using static TensorLogic.CoreML.Protobuf.WireType;

namespace TensorLogic.CoreML.Specification.Classic;

/// <summary><c>TreeEnsembleRegressor</c>, <c>TreeEnsembleClassifier</c>.</summary>
internal sealed class TreeReader : ClassicReader
{
    private readonly PackedNumbers<double> _base = new();
    private readonly CategoryReader _labels = new();
    private NodeSpecification[] _nodes = [];
    private LeafSpecification[] _leaves = [];
    private int _nodeCount, _leafCount, _transform;
    private ulong _dimensions;

    public override void Read(ProtobufReader reader)
    {
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Bytes):
                    // The nodes are most of the file: counted first, then read into arrays of that size.
                    Reserve(reader.Message("treeEnsemble"));
                    ReadParameters(reader.Message("treeEnsemble"));
                    break;
                case (2, Varint): _transform = reader.Int32(); break;
                case (100, Bytes): _labels.Strings(reader.Message("stringClassLabels")); break;
                case (101, Bytes): _labels.Integers(reader.Message("int64ClassLabels")); break;
            }
    }

    private unsafe void Reserve(ProtobufReader reader)
    {
        long nodes = 0, leaves = 0;
        while (reader.Next())
        {
            if ((reader.Field, reader.Wire) != (1, Bytes)) continue;
            nodes++;
            ProtobufReader node = reader.Message("nodes", (int)Math.Min(nodes - 1, int.MaxValue));
            while (node.Next())
                if ((node.Field, node.Wire) == (20, Bytes)) leaves++;
        }
        reader.Source.Charge(nodes * sizeof(NodeSpecification), "tree nodes");
        reader.Source.Charge(leaves * sizeof(LeafSpecification), "tree leaves");
        if (Math.Max(_nodeCount + nodes, _leafCount + leaves) > Array.MaxLength) throw new ModelLimitException(reader.Source.File, "Number of tree nodes", _nodeCount + nodes, Array.MaxLength);
        Array.Resize(ref _nodes, (int)(_nodeCount + nodes));
        Array.Resize(ref _leaves, (int)(_leafCount + leaves));
    }

    private void ReadParameters(ProtobufReader reader)
    {
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Bytes):
                    _nodes[_nodeCount] = ReadNode(reader.Message("nodes", _nodeCount));
                    _nodeCount++;
                    break;
                case (2, Varint): _dimensions = reader.UInt64(); break;
                case (3, _): _base.TryAdd(reader, "basePredictionValue"); break;
            }
    }

    private NodeSpecification ReadNode(ProtobufReader reader)
    {
        NodeSpecification node = new() { FirstLeaf = _leafCount };
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Varint): node.Tree = reader.UInt64(); break;
                case (2, Varint): node.Node = reader.UInt64(); break;
                case (3, Varint): node.Behavior = reader.Int32(); break;
                case (10, Varint): node.Feature = reader.UInt64(); break;
                case (11, Fixed64): node.Value = reader.Double(); break;
                case (12, Varint): node.TrueChild = reader.UInt64(); break;
                case (13, Varint): node.FalseChild = reader.UInt64(); break;
                case (14, Varint): node.MissingIsTrue = reader.Bool(); break;
                case (20, Bytes): _leaves[_leafCount++] = ReadLeaf(reader.Message("evaluationInfo", node.LeafCount++)); break;
            }
        return node;
    }

    private static LeafSpecification ReadLeaf(ProtobufReader reader)
    {
        (ulong dimension, double value) = (0, 0);
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Varint): dimension = reader.UInt64(); break;
                case (2, Fixed64): value = reader.Double(); break;
            }
        return new(dimension, value);
    }

    public override ClassicSpecification Build() => new TreeSpecification(_nodes, _leaves, _dimensions, _base.ToArray(), _transform, _labels.Build());
}
