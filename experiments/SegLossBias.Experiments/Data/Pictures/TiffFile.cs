using System.Runtime.InteropServices;
using BitMiracle.LibTiff.Classic;
using SkiaSharp;

namespace SegLossBias.Experiments.Data;

/// <summary>Decodes TIFF, which SkiaSharp does not.</summary>
internal static class TiffFile
{
    static TiffFile() => Tiff.SetErrorHandler(new Silent());

    /// <summary>The first picture of the file (RGBA, 8 bits), or null when it cannot be decoded to its end.</summary>
    public static SKBitmap? Decode(string path)
    {
        try
        {
            using var tiff = Tiff.Open(path, "r");
            var width = tiff?.GetField(TiffTag.IMAGEWIDTH)?[0].ToInt() ?? 0;
            var height = tiff?.GetField(TiffTag.IMAGELENGTH)?[0].ToInt() ?? 0;
            if (tiff is null || !PictureFile.IsAllowed(width, height))
            {
                return null;
            }

            var rgba = new int[width * height]; // Red in the lowest byte: in memory R, G, B, A.
            if (!tiff.ReadRGBAImageOriented(width, height, rgba, Orientation.TOPLEFT, true))
            {
                return null;
            }

            var bitmap = PictureFile.Empty(width, height);
            Marshal.Copy(rgba, 0, bitmap.GetPixels(), rgba.Length);
            return bitmap;
        }
        catch (Exception) // Of whatever kind a damaged file provokes in the decoder: it is left out and named.
        {
            return null;
        }
    }

    /// <summary>Keeps the decoder's own messages off the console.</summary>
    private sealed class Silent : TiffErrorHandler
    {
        public override void ErrorHandler(Tiff tif, string method, string format, params object[] args)
        {
        }

        public override void ErrorHandlerExt(Tiff tif, object clientData, string method, string format, params object[] args)
        {
        }

        public override void WarningHandler(Tiff tif, string method, string format, params object[] args)
        {
        }

        public override void WarningHandlerExt(Tiff tif, object clientData, string method, string format, params object[] args)
        {
        }
    }
}
