namespace SegLossBias;

/// <summary>What the numbers of a map are, so that it can be given another size together with its target.</summary>
public enum MapUnit
{
    /// <summary>Numbers that do not depend on the size of a pixel, or whose unit is not stated. In another size they stay what they are.</summary>
    None,

    /// <summary>Distances in pixels, as distance maps without a spacing have them. In another size they are multiplied by the factor of the resizing.</summary>
    Pixels,

    /// <summary>Distances in mm, as distance maps with a spacing have them. In another size they stay what they are.</summary>
    Millimetres,
}
