namespace TensorLogic.CoreML.Protobuf;

/// <summary>How a field is laid out on the wire.</summary>
internal enum WireType
{
    Varint = 0,
    Fixed64 = 1,
    /// <summary>Length, then bytes: a message, a string, packed numbers.</summary>
    Bytes = 2,
    GroupStart = 3,
    GroupEnd = 4,
    Fixed32 = 5,
}
