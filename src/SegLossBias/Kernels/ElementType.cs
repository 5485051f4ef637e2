namespace SegLossBias;

/// <summary>What a kernel finds in memory.</summary>
internal enum ElementType
{
    Bool,
    Int8,
    UInt8,
    Int16,
    Int32,
    Int64,
    Float16,
    BFloat16,
    Float32,
    Float64,
}
