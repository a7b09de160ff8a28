namespace TensorLogic;

/// <summary>What a tensor was computed from, as far as gradients need it. The recording itself is not this room's affair.</summary>
internal abstract class TensorHistory;
