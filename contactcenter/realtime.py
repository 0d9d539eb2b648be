def push(group, event):
    pass
