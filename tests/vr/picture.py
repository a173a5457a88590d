import zlib


def picture(file):  # width, height, rows of a PNG of eight-bit RGBA
    data = open(file, "rb").read()
    at, packed = 8, b""
    while at < len(data):
        size, kind = int.from_bytes(data[at:at + 4], "big"), data[at + 4:at + 8]
        body = data[at + 8:at + 8 + size]
        if kind == b"IHDR":
            width, height = int.from_bytes(body[:4], "big"), int.from_bytes(body[4:8], "big")
        if kind == b"IDAT":
            packed += body
        at += 12 + size
    raw, rows, last = zlib.decompress(packed), [], bytearray(width * 4)
    for y in range(height):
        line = bytearray(raw[y * (width * 4 + 1) + 1:(y + 1) * (width * 4 + 1)])
        how = raw[y * (width * 4 + 1)]
        for x in range(len(line)):
            a, b, c = line[x - 4] if x >= 4 else 0, last[x], last[x - 4] if x >= 4 else 0
            if how == 1: line[x] = (line[x] + a) & 255
            elif how == 2: line[x] = (line[x] + b) & 255
            elif how == 3: line[x] = (line[x] + (a + b) // 2) & 255
            elif how == 4:
                p = a + b - c
                d = (abs(p - a), abs(p - b), abs(p - c))
                line[x] = (line[x] + (a if d[0] <= d[1] and d[0] <= d[2] else b if d[1] <= d[2] else c)) & 255
        rows.append(line)
        last = line
    return width, height, rows
