"""Voice in the browser: pages talk to each other (WebRTC), we only bring them together and say who may hear whom.

Not chosen: a media server of our own. Four who talk together are carried by their own pages, and nothing of what is
said passes through us but what an agent's page records.
"""
